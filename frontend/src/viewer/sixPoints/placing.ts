/** Six points from two drags along the end plates: pure steps, drawn and heard elsewhere. */
import { type PicturePlane, POINT_NAMES, type SixPoints, withPoint } from './plane'
import { allBy, type PlacedPoints, withOrigin } from './origins'
import { snapPoint } from './snap'

export interface Spot {
  readonly x: number
  readonly y: number
}
export type Line = readonly [Spot, Spot]

/** A drag shorter than this is a slip of the hand. */
export const SHORTEST_LINE_MM = 5

export const lengthOf = ([from, to]: Line): number => Math.hypot(to.x - from.x, to.y - from.y)

/** Six points of two drawn end plates; the middle ones lie half way and snap if the aid is on.
 *
 * The front lies left on a picture, whichever way a line was drawn, and the upper line is the one that
 * lies higher.
 *
 * @param off distance of the points from the picture's plane.
 */
export function bodyOfLines(plane: PicturePlane, lines: readonly [Line, Line], off: number, snaps: boolean): PlacedPoints {
  const ordered = lines.map(frontFirst).sort((a, b) => a[0].y + a[1].y - b[0].y - b[1].y)
  const points: SixPoints = [0, 0.5, 1].map((share) =>
    ordered.map(([front, back]) => [
      ...plane.toPatient({
        x: front.x + share * (back.x - front.x),
        y: front.y + share * (back.y - front.y),
        off,
      }),
    ]),
  )
  return snaps ? withMiddleSnapped(plane, { points, by: allBy('reader') }) : { points, by: allBy('reader') }
}

const frontFirst = ([from, to]: Line): Line => (from.x <= to.x ? [from, to] : [to, from])

function withMiddleSnapped(plane: PicturePlane, placed: PlacedPoints): PlacedPoints {
  return snappedWhere(plane, placed, (segment) => segment === 1)
}

/** All six points at the edges near them: only where the reader asks for it. */
export function snappedAll(plane: PicturePlane, placed: PlacedPoints): PlacedPoints {
  return snappedWhere(plane, placed, () => true)
}

function snappedWhere(
  plane: PicturePlane,
  { points, by }: PlacedPoints,
  wanted: (segment: number) => boolean,
): PlacedPoints {
  let [next, origins] = [points, by]
  for (const name of POINT_NAMES) {
    const place = wanted(name.segment) ? snapPoint(plane, points, name) : null
    if (place === null) continue
    next = withPoint(next, name, plane.toPatient(place))
    origins = withOrigin(origins, name, 'snapped')
  }
  return { points: next, by: origins }
}

/** Snapping to an end plate: an aid that looks for the sharpest edge of the bone near a point.
 *
 * It searches on the picture shown, along the direction of the height, up to 2 mm either way. Leaving
 * the body the grey values fall: the edge is near the steepest fall, where half of the fall is done.
 * That place lies between the samples, and moves less with them than the steepest one.
 */
import { type PicturePlane, type PicturePoint, placeOf, type PointName, type SixPoints } from './plane'
import { sampleAt } from './resample'

export const REACH_MM = 2
const STEP_MM = 0.1
/** Half the width over which grey values are averaged across the search line. */
const HALF_WIDTH_MM = 0.6
/** An edge falls by at least this much per millimetre. */
const SMALLEST_FALL_HU_PER_MM = 40
/** Steps over which a slope is taken, to either side. */
const ARM = 4
/** Steps to either side of an edge that are looked at for its upper and lower end. */
const FOOT = 15

interface Direction {
  readonly x: number
  readonly y: number
}

/** Where a point would snap to from a place on the picture; null where no edge is near.
 *
 * @param outward direction out of the body along the height, unit length on the picture.
 */
export function snapPlace(
  plane: PicturePlane,
  from: Direction,
  outward: Direction,
): { readonly x: number; readonly y: number } | null {
  const reach = Math.round(REACH_MM / STEP_MM)
  const grey = profile(plane, from, outward, reach + FOOT)
  const fall = (n: number) => ((grey[n - ARM] ?? Number.NaN) - (grey[n + ARM] ?? Number.NaN)) / (2 * ARM * STEP_MM)
  let best = -1
  for (let n = FOOT; n <= FOOT + 2 * reach; n++) {
    if (fall(n) >= SMALLEST_FALL_HU_PER_MM && !(fall(n) <= fall(best))) best = n
  }
  if (best < 0) return null
  const along = (halfFallen(grey, best) - FOOT - reach) * STEP_MM
  const held = Math.min(Math.max(along, -REACH_MM), REACH_MM)
  return { x: from.x + held * outward.x, y: from.y + held * outward.y }
}

/** Where, around the steepest step, half of the fall from inside to outside is done. */
function halfFallen(grey: readonly number[], best: number): number {
  const near = (from: number, to: number) => grey.slice(Math.max(from, 0), to + 1).filter((value) => !Number.isNaN(value))
  const half = (Math.max(...near(best - FOOT, best)) + Math.min(...near(best, best + FOOT))) / 2
  const at = (n: number) => grey[n] ?? Number.NaN
  let n = best
  while (at(n) < half && n > best - FOOT) n--
  while (at(n + 1) >= half && n < best + FOOT) n++
  const step = at(n) - at(n + 1)
  return step > 0 ? n + Math.min((at(n) - half) / step, 1) : best
}

/** Grey values along the line, averaged over a short way across it. */
function profile(plane: PicturePlane, from: Direction, outward: Direction, reach: number): number[] {
  const across = { x: -outward.y, y: outward.x }
  return Array.from({ length: 2 * reach + 1 }, (_, n) => {
    const along = (n - reach) * STEP_MM
    const values = [-1, -0.5, 0, 0.5, 1].map((side) =>
      sampleAt(
        plane,
        from.x + along * outward.x + side * HALF_WIDTH_MM * across.x,
        from.y + along * outward.y + side * HALF_WIDTH_MM * across.y,
      ),
    )
    return values.reduce((sum, value) => sum + value, 0) / values.length
  })
}

/** The direction out of the body at a point: along its height segment on the picture. */
export function outwardAt(plane: PicturePlane, points: SixPoints, name: PointName): Direction | null {
  const own = placeOf(plane, points, name)
  const other = placeOf(plane, points, { segment: name.segment, end: name.end === 0 ? 1 : 0 })
  const length = Math.hypot(own.x - other.x, own.y - other.y)
  return length > 0 ? { x: (own.x - other.x) / length, y: (own.y - other.y) / length } : null
}

/** The place one of six points snaps to, still at its own distance from the picture; null without an edge. */
export function snapPoint(plane: PicturePlane, points: SixPoints, name: PointName): PicturePoint | null {
  const outward = outwardAt(plane, points, name)
  if (outward === null) return null
  const place = placeOf(plane, points, name)
  const to = snapPlace(plane, place, outward)
  return to && { ...to, off: place.off }
}

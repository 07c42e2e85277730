/** A grey picture that knows where it lies in the patient. */

import type { GreyWindow } from './resample'
import type { LengthFrame } from '../../domain/format'
import type { Vec3 } from '../../domain/geometry'

export type { Vec3 }

/** A place on a picture: millimetres right of its left edge and below its upper edge; `off` is the
 * signed distance from the picture's plane, so that a point loses nothing on its way to a picture. */
export interface PicturePoint {
  readonly x: number
  readonly y: number
  readonly off: number
}

/** Sample (row 0, column 0) lies at x = 0, y = 0; rows run down the spine, columns backwards. */
export interface PicturePlane {
  readonly kind: 'straightened' | 'sagittal'
  /** What its lengths are; where they are pixels, only ratios and angles are shown. */
  readonly frame: LengthFrame
  /** To look through first, where the grey values are no Hounsfield units. */
  readonly window?: GreyWindow
  readonly columns: number
  readonly rows: number
  readonly columnMm: number
  readonly rowMm: number
  /** Hounsfield units, row major. */
  readonly hu: Int16Array
  toPicture(point: Vec3): PicturePoint
  toPatient(place: PicturePoint): Vec3
}

/** Six points as stored: [anterior, middle, posterior][superior, inferior][LPS mm]. */
export type SixPoints = number[][][]

/** Names one of the six points: segment 0-2 (anterior, middle, posterior), end 0-1 (upper, lower). */
export interface PointName {
  readonly segment: 0 | 1 | 2
  readonly end: 0 | 1
}

export const POINT_NAMES: readonly PointName[] = ([0, 1, 2] as const).flatMap((segment) =>
  ([0, 1] as const).map((end) => ({ segment, end })),
)

export function vec3(values: readonly number[] | undefined): Vec3 {
  const [x, y, z] = values ?? []
  if (x === undefined || y === undefined || z === undefined) {
    throw new Error('A point has three coordinates.')
  }
  return [x, y, z]
}

export function pointOf(points: SixPoints, name: PointName): Vec3 {
  return vec3(points[name.segment]?.[name.end])
}

/** The six points with one of them moved; the others are the very same numbers. */
export function withPoint(points: SixPoints, name: PointName, to: Vec3): SixPoints {
  return points.map((segment, s) => segment.map((point, e) => (s === name.segment && e === name.end ? [...to] : point)))
}

/** Moves one point to a place on the picture and keeps its distance from the picture's plane. */
export function movedOnPicture(
  plane: PicturePlane,
  points: SixPoints,
  name: PointName,
  to: { x: number; y: number },
): SixPoints {
  const { off } = plane.toPicture(pointOf(points, name))
  return withPoint(points, name, plane.toPatient({ x: to.x, y: to.y, off }))
}

export interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** The smallest box on the picture around points, in picture millimetres. */
export function boxOf(plane: PicturePlane, points: SixPoints): Box {
  const places = POINT_NAMES.map((name) => plane.toPicture(pointOf(points, name)))
  const xs = places.map((place) => place.x)
  const ys = places.map((place) => place.y)
  return {
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  }
}

/** Six points of a plain body around a place on the picture, for a reader to drag into place.
 *
 * @param down direction of the spine on the picture, any length; the body is turned to it.
 */
export function plainBody(
  plane: PicturePlane,
  centre: PicturePoint,
  depthMm = 28,
  heightMm = 20,
  down: { x: number; y: number } = { x: 0, y: 1 },
): SixPoints {
  const length = Math.hypot(down.x, down.y) || 1
  const [dx, dy] = [down.x / length, down.y / length]
  return [-1, 0, 1].map((segment) =>
    [-1, 1].map((end) => {
      const [back, below] = [(segment * depthMm) / 2, (end * heightMm) / 2]
      return [
        ...plane.toPatient({
          x: centre.x + back * dy + below * dx,
          y: centre.y - back * dx + below * dy,
          off: centre.off,
        }),
      ]
    }),
  )
}

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
  /** Which sagittal slice it is; a straightened picture is none. */
  readonly slice?: number
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

const places = new WeakMap<PicturePlane, WeakMap<readonly number[], PicturePoint>>()

/** Where one of the points lies on the picture; kept, because on a curve the place is searched for. */
export function placeOf(plane: PicturePlane, points: SixPoints, name: PointName): PicturePoint {
  const point = points[name.segment]?.[name.end] ?? []
  const known = places.get(plane) ?? new WeakMap<readonly number[], PicturePoint>()
  places.set(plane, known)
  const place = known.get(point) ?? plane.toPicture(vec3(point))
  known.set(point, place)
  return place
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
  const { off } = placeOf(plane, points, name)
  return withPoint(points, name, plane.toPatient({ x: to.x, y: to.y, off }))
}

/** How far six points lie beside the picture, on average. */
export function distanceFrom(plane: PicturePlane, points: SixPoints): number {
  const offs = POINT_NAMES.map((name) => Math.abs(placeOf(plane, points, name).off))
  return offs.reduce((sum, off) => sum + off, 0) / offs.length
}

const CLEAR_MM = 1
const FAINTEST_MM = 12
const FAINTEST = 0.25

/** Opacity of points on a picture they lie beside: whole within 1 mm, faint from 12 mm on. */
export function fadeOf(distanceMm: number): number {
  const share = (distanceMm - CLEAR_MM) / (FAINTEST_MM - CLEAR_MM)
  return 1 - (1 - FAINTEST) * Math.min(Math.max(share, 0), 1)
}

/** The six points moved straight onto the picture. */
export function broughtTo(plane: PicturePlane, points: SixPoints): SixPoints {
  return points.map((pair) => pair.map((point) => [...plane.toPatient({ ...plane.toPicture(vec3(point)), off: 0 })]))
}

export interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** The smallest box on the picture around points, in picture millimetres. */
export function boxOf(plane: PicturePlane, points: SixPoints): Box {
  const spots = POINT_NAMES.map((name) => placeOf(plane, points, name))
  const xs = spots.map((spot) => spot.x)
  const ys = spots.map((spot) => spot.y)
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

/** One original sagittal slice of the canonical volume (i posterior, j inferior, k right). */
import type { LengthFrame } from '../../domain/format'
import { unitsPerMm } from '../../domain/frame'
import type { PicturePlane, Vec3 } from './plane'
import { vec3 } from './plane'
import { add, dot, sub } from './vectors'

/** What of the volume's description the geometry of a slice needs. */
export interface SliceGeometry {
  readonly dims: readonly [number, number, number]
  readonly spacing_mm: readonly [number, number, number]
  readonly origin_mm: readonly [number, number, number]
  /** Unit vectors of i, j and k in LPS, one after the other. */
  readonly direction: readonly number[]
}

function axes(geometry: SliceGeometry): readonly [Vec3, Vec3, Vec3] {
  const d = geometry.direction
  return [vec3(d.slice(0, 3)), vec3(d.slice(3, 6)), vec3(d.slice(6, 9))]
}

/** The picture of slice `k`: x along i, y along j, off along k from the middle of the slice.
 *
 * A film without spacing is laid out as if it had about one, so that it looks like any other; its
 * points are in pixels all the same.
 */
export function sagittalPlane(
  geometry: SliceGeometry,
  k: number,
  hu: Int16Array,
  frame: LengthFrame = 'patient_mm',
): PicturePlane {
  const [columns, rows] = geometry.dims
  const [iMm, jMm, kMm] = geometry.spacing_mm
  if (hu.length !== columns * rows) {
    throw new RangeError(`A slice of ${columns} by ${rows} voxels came with ${hu.length} values.`)
  }
  const [i, j, across] = axes(geometry)
  const unit = unitsPerMm(frame, geometry.dims)
  const corner = add(geometry.origin_mm, across, k * kMm)
  return {
    kind: 'sagittal',
    slice: k,
    frame,
    columns,
    rows,
    columnMm: iMm / unit,
    rowMm: jMm / unit,
    hu,
    toPatient: ({ x, y, off }) => add(add(add(corner, i, x * unit), j, y * unit), across, off),
    toPicture: (point) => {
      const d = sub(point, corner)
      return { x: dot(d, i) / unit, y: dot(d, j) / unit, off: dot(d, across) }
    },
  }
}

/** The slice nearest to the mean of points, kept within the volume. */
export function sliceThrough(geometry: SliceGeometry, points: readonly Vec3[]): number {
  const last = geometry.dims[2] - 1
  if (points.length === 0) return Math.round(last / 2)
  const [, , across] = axes(geometry)
  const offsets = points.map((point) => dot(sub(point, geometry.origin_mm), across))
  const mean = offsets.reduce((sum, value) => sum + value, 0) / offsets.length
  return Math.min(Math.max(Math.round(mean / geometry.spacing_mm[2]), 0), last)
}

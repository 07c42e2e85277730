/**
 * The three planes. They follow the volume's own axes (i backwards, j downwards, k to the right), so
 * that a slice on screen is one layer of voxels, also where the patient lies obliquely.
 */
import { type Grid, toIjk, toMm, type Vec3 } from '../domain/geometry'

export type Plane = 'sagittal' | 'axial' | 'coronal'
export const PLANES: readonly Plane[] = ['sagittal', 'axial', 'coronal']

type Axis = 0 | 1 | 2
interface Layout {
  /** Voxel axis across the slices, and the axes and signs that run right and down on screen. */
  readonly across: Axis
  readonly right: readonly [Axis, 1 | -1]
  readonly down: readonly [Axis, 1 | -1]
}

/** Radiological: seen from the left, from the feet, from the front. */
export const LAYOUT: Readonly<Record<Plane, Layout>> = {
  sagittal: { across: 2, right: [0, 1], down: [1, 1] },
  axial: { across: 1, right: [2, -1], down: [0, 1] },
  coronal: { across: 0, right: [2, -1], down: [1, 1] },
}

export interface ScreenAxes {
  readonly right: Vec3
  readonly down: Vec3
  /** Out of the screen, towards the eye. */
  readonly towards: Vec3
}

const unit = (grid: Grid, [axis, sign]: readonly [Axis, 1 | -1]): Vec3 => [
  sign * (grid.direction[3 * axis] as number),
  sign * (grid.direction[3 * axis + 1] as number),
  sign * (grid.direction[3 * axis + 2] as number),
]

const cross = (a: Vec3, b: Vec3): Vec3 => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
export const along = (p: Vec3, direction: Vec3, by: number): Vec3 => [p[0] + by * direction[0], p[1] + by * direction[1], p[2] + by * direction[2]]
const minus = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]]

export function screenAxes(grid: Grid, plane: Plane): ScreenAxes {
  const right = unit(grid, LAYOUT[plane].right)
  const down = unit(grid, LAYOUT[plane].down)
  return { right, down, towards: cross(down, right) }
}

/** What part of a plane a pane shows. */
export interface View {
  /** LPS millimetres at the middle of the pane; lies in the slice shown. */
  readonly centre: Vec3
  readonly mmPerPixel: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** Pixels (from the pane's upper left) of LPS millimetres, seen along the plane's normal. */
export function toCanvas(axes: ScreenAxes, view: View, size: Size, mm: Vec3): [number, number] {
  const from = minus(mm, view.centre)
  return [size.width / 2 + dot(from, axes.right) / view.mmPerPixel, size.height / 2 + dot(from, axes.down) / view.mmPerPixel]
}

/** LPS millimetres, in the slice shown, of pixels. */
export function toWorld(axes: ScreenAxes, view: View, size: Size, [x, y]: readonly [number, number]): Vec3 {
  const right = along(view.centre, axes.right, (x - size.width / 2) * view.mmPerPixel)
  return along(right, axes.down, (y - size.height / 2) * view.mmPerPixel)
}

/** Index of the slice of a plane that a point lies in, kept within the volume. */
export function sliceAt(grid: Grid, plane: Plane, mm: Vec3): number {
  const { across } = LAYOUT[plane]
  return Math.min(Math.max(Math.round(toIjk(grid, mm)[across]), 0), grid.dims[across] - 1)
}

export const sliceCount = (grid: Grid, plane: Plane): number => grid.dims[LAYOUT[plane].across]

/** The point moved across the slices into the middle of slice `index`. */
export function intoSlice(grid: Grid, plane: Plane, mm: Vec3, index: number): Vec3 {
  const { across } = LAYOUT[plane]
  const ijk = [...toIjk(grid, mm)] as [number, number, number]
  ijk[across] = index
  return toMm(grid, ijk)
}

/** The view in which the whole volume fits, through `focus`. */
export function fitted(grid: Grid, plane: Plane, size: Size, focus: Vec3): View {
  const { right, down } = LAYOUT[plane]
  const extent = (axis: Axis) => grid.dims[axis] * grid.spacingMm[axis]
  const middle = toMm(grid, [(grid.dims[0] - 1) / 2, (grid.dims[1] - 1) / 2, (grid.dims[2] - 1) / 2])
  const mmPerPixel = Math.max(extent(right[0]) / Math.max(size.width, 1), extent(down[0]) / Math.max(size.height, 1))
  return { centre: intoSlice(grid, plane, middle, sliceAt(grid, plane, focus)), mmPerPixel }
}

/** The view moved so that no more than needed of it lies beyond the volume. */
export function clamped(grid: Grid, plane: Plane, view: View, size: Size): View {
  const { right: [rightAxis], down: [downAxis] } = LAYOUT[plane]
  const ijk = [...toIjk(grid, view.centre)] as [number, number, number]
  const hold = (axis: Axis, pixels: number) => {
    const half = (pixels * view.mmPerPixel) / grid.spacingMm[axis] / 2
    const [low, high] = [half - 0.5, grid.dims[axis] - 0.5 - half]
    ijk[axis] = low > high ? (low + high) / 2 : Math.min(Math.max(ijk[axis], low), high)
  }
  hold(rightAxis, size.width)
  hold(downAxis, size.height)
  return { ...view, centre: toMm(grid, ijk) }
}

const SMALLEST_MM_PER_PIXEL = 0.02
const LARGEST_MM_PER_PIXEL = 4

/**
 * Zooms by a factor so that the point under the cursor stays there.
 *
 * @param unit what about one millimetre takes where the picture has none.
 */
export function zoomed(axes: ScreenAxes, view: View, size: Size, pixel: readonly [number, number], factor: number, unit = 1): View {
  const mmPerPixel = Math.min(Math.max(view.mmPerPixel / factor, SMALLEST_MM_PER_PIXEL * unit), LARGEST_MM_PER_PIXEL * unit)
  const fixed = toWorld(axes, view, size, pixel)
  const moved = toWorld(axes, { ...view, mmPerPixel }, size, pixel)
  return { centre: along(view.centre, minus(fixed, moved), 1), mmPerPixel }
}

export function panned(axes: ScreenAxes, view: View, [dx, dy]: readonly [number, number]): View {
  const right = along(view.centre, axes.right, -dx * view.mmPerPixel)
  return { ...view, centre: along(right, axes.down, -dy * view.mmPerPixel) }
}

/**
 * The edge-following brush: within the brush it paints what is connected to the cursor and as dense as
 * what lay under it when the stroke began.
 */
import { flatIndex, type Grid, type Vec3 } from '../../domain/geometry'
import { type Brush, boxAround, type Canvas, reachOf } from '../brush'
import { AXES, type Axis } from './input'
import { eachNeighbour, stepsTo } from './pieces'

/** The density that a stroke follows: HU within `tolerance` of `middle`. */
export interface Feel {
  readonly middle: number
  readonly tolerance: number
}

/** Median absolute deviations are this many times smaller than standard deviations of normal noise. */
const DEVIATIONS = 1.4826 * 3
const WIDEST = 2

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b)

function medianOf(values: readonly number[]): number {
  const ordered = sorted(values)
  const half = (ordered.length - 1) / 2
  return ((ordered[Math.floor(half)] as number) + (ordered[Math.ceil(half)] as number)) / 2
}

/** The voxel nearest to a place and its eight neighbours within the slice, as far as they lie in the volume. */
function around(dims: Vec3, across: Axis, at: Vec3): number[] {
  const middle = at.map(Math.round) as unknown as Vec3
  const isIn = AXES.every((axis) => middle[axis] >= 0 && middle[axis] < dims[axis])
  if (!isIn) return []
  const indices = [flatIndex(dims, ...middle)]
  eachNeighbour(dims, indices[0] as number, stepsTo('corners', across), (index) => indices.push(index))
  return indices
}

/**
 * Learns what lies under the cursor: the median HU of the voxel and its neighbours in the slice, and a
 * tolerance of three (robust) standard deviations, at least `least` and at most twice that.
 *
 * @returns null outside the volume.
 */
export function feel(grid: Grid, hu: Int16Array, plane: { across: Axis; at: Vec3 }, least: number): Feel | null {
  const values = around(grid.dims, plane.across, plane.at).map((index) => hu[index] as number)
  if (values.length === 0) return null
  const middle = medianOf(values)
  const deviation = DEVIATIONS * medianOf(values.map((value) => Math.abs(value - middle)))
  return { middle, tolerance: Math.min(Math.max(least, deviation), WIDEST * least) }
}

/**
 * Sweeps the edge-following brush from one place to another, voxel by voxel; returns the sagittal
 * slices (k) it changed. At each place it paints the voxels within the brush that are dense enough,
 * not locked, and connected by faces to one of the voxels under the cursor.
 *
 * @param slice axis across the slice in hand, where the voxels under the cursor lie, also of a ball.
 * @param way fractional voxel indices; equal for a dab.
 */
export function adaptiveSweep(canvas: Canvas, brush: Brush, feeling: Feel, slice: Axis, way: readonly [Vec3, Vec3]): Set<number> {
  const [from, to] = way
  const steps = Math.max(1, Math.ceil(Math.max(...AXES.map((axis) => Math.abs(to[axis] - from[axis])))))
  const changed = new Set<number>()
  for (let step = 1; step <= steps; step++) {
    const at = AXES.map((axis) => from[axis] + ((to[axis] - from[axis]) * step) / steps) as unknown as Vec3
    dab(canvas, brush, feeling, slice, at, changed)
  }
  return changed
}

function dab(canvas: Canvas, brush: Brush, feeling: Feel, slice: Axis, at: Vec3, changed: Set<number>): void {
  const { grid: { dims }, labels, before } = canvas
  const isOpen = openFor(canvas, brush, feeling, at)
  const waiting = around(dims, slice, at).filter(isOpen)
  const seen = new Set(waiting)
  const steps = stepsTo('faces', brush.across)
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    const value = labels[index] as number
    if (value !== brush.value) {
      if (!before.has(index)) before.set(index, value)
      labels[index] = brush.value
      changed.add(Math.floor(index / (dims[0] * dims[1])))
    }
    eachNeighbour(dims, index, steps, (next) => {
      if (seen.has(next) || !isOpen(next)) return
      seen.add(next)
      waiting.push(next)
    })
  }
}

/** Whether a voxel is within the brush, dense enough, and free. */
function openFor({ grid, labels, hu }: Canvas, brush: Brush, { middle, tolerance }: Feel, at: Vec3): (index: number) => boolean {
  const [ni, nj] = grid.dims
  const { low, high } = boxAround(grid, brush, at, at)
  const isReached = reachOf(grid, brush, at, at)
  const under = flatIndex(grid.dims, ...(at.map(Math.round) as unknown as Vec3))
  return (index) => {
    const value = labels[index] as number
    if (Math.abs((hu[index] as number) - middle) > tolerance || (value !== brush.value && !brush.mayChange(value))) return false
    const [i, j, k] = [index % ni, Math.floor(index / ni) % nj, Math.floor(index / (ni * nj))]
    const isInBox = i >= low[0] && i <= high[0] && j >= low[1] && j <= high[1] && k >= low[2] && k <= high[2]
    return index === under || (isInBox && isReached(i, j, k))
  }
}

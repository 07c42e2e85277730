/** Slices between painted slices. */
import type { Vec3 } from '../../domain/geometry'
import { squaredDistances } from './distance'
import { AXES, type Axis, eachVoxel, type Outcome, refuse, type ToolInput } from './input'

/** Distances nearer to zero than this are the border itself, which is left out. */
const EDGE_MM = 1e-6

/**
 * Fills the slices between two painted ones. The signed distance to the level's outline (positive
 * inside, measured between voxel centres within the slice) goes over in a straight line from one
 * painted slice to the next; voxels where it is positive are painted unless locked.
 *
 * @param options.across axis across the slices.
 */
export function interpolate(input: ToolInput, { across }: { across: Axis }): Outcome {
  const { grid: { dims, spacingMm }, labels, active, mayChange } = input
  const { before, behind, isGap } = gapsOf(input, across)
  if (!isGap) return refuse('nothing')
  const within = AXES.filter((axis) => axis !== across)
  const outside = squaredDistances(dims, spacingMm, (index) => labels[index] === active, within)
  const inside = squaredDistances(dims, spacingMm, (index) => labels[index] !== active, within)
  const signed = (index: number) => Math.sqrt(inside[index] as number) - Math.sqrt(outside[index] as number)
  const step = across === 0 ? 1 : across === 1 ? dims[0] : dims[0] * dims[1]
  const after = labels.slice()
  eachVoxel(dims, (index, i, j, k) => {
    const at = across === 0 ? i : across === 1 ? j : k
    const [first, last] = [before[at] as number, behind[at] as number]
    if (first < 0 || last < 0 || first === at || !mayChange(labels[index] as number)) return
    const share = (at - first) / (last - first)
    const mm = (1 - share) * signed(index + (first - at) * step) + share * signed(index + (last - at) * step)
    if (mm > EDGE_MM) after[index] = active
  })
  return after
}

interface Gaps {
  /** Nearest painted slice at or before each slice, and at or behind it; -1 for none. */
  readonly before: Int32Array
  readonly behind: Int32Array
  readonly isGap: boolean
}

function gapsOf({ grid: { dims }, labels, active }: ToolInput, across: Axis): Gaps {
  const painted = paintedSlices(dims, labels, active, across)
  const n = dims[across]
  const before = new Int32Array(n).fill(-1)
  const behind = new Int32Array(n).fill(-1)
  for (let at = 0; at < n; at++) before[at] = painted[at] ? at : at > 0 ? (before[at - 1] as number) : -1
  for (let at = n - 1; at >= 0; at--) behind[at] = painted[at] ? at : at < n - 1 ? (behind[at + 1] as number) : -1
  const isGap = before.some((first, at) => first >= 0 && first !== at && (behind[at] as number) >= 0)
  return { before, behind, isGap }
}

function paintedSlices(dims: Vec3, labels: Uint8Array, active: number, across: Axis): Uint8Array {
  const painted = new Uint8Array(dims[across])
  eachVoxel(dims, (index, i, j, k) => {
    if (labels[index] === active) painted[across === 0 ? i : across === 1 ? j : k] = 1
  })
  return painted
}

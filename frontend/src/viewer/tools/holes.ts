/** Holes: voxels that a level encloses. */
import type { Vec3 } from '../../domain/geometry'
import { type Axis, eachVoxel, mayBecomeActive, type Outcome, refuse, type ToolInput } from './input'
import { piecesOf, stepsTo } from './pieces'

export interface HolesOptions {
  /** Axis across the slices that are looked at one by one; null looks for holes closed on all sides. */
  readonly across: Axis | null
  /** Largest hole filled, in mm² of a slice or mm³ of the volume; the spinal canal is a hole in an axial slice. */
  readonly largest: number
}

/**
 * Fills the holes of the level in hand: pieces (by faces) of what it does not hold that do not reach
 * the border of the volume or slice. Locked levels within a hole stay.
 */
export function fillHoles(input: ToolInput, { across, largest }: HolesOptions): Outcome {
  const { grid: { dims, spacingMm }, labels, active } = input
  const pieces = piecesOf(dims, (index) => labels[index] !== active, stepsTo('faces', across))
  const isOpen = new Uint8Array(pieces.sizes.length)
  eachVoxel(dims, (index, i, j, k) => {
    if (isAtBorder(dims, across, i, j, k)) isOpen[pieces.of[index] as number] = 1
  })
  const voxel = spacingMm.reduce((product, mm, axis) => (axis === across ? product : product * mm), 1)
  const isHole = pieces.sizes.map((size, piece) => piece > 0 && isOpen[piece] === 0 && size * voxel <= largest)
  let filled = 0
  const after = labels.map((value, index) => {
    if (!isHole[pieces.of[index] as number] || !mayBecomeActive({ ...input, paintOn: null }, index)) return value
    filled++
    return active
  })
  return filled > 0 ? after : refuse('nothing')
}

function isAtBorder(dims: Vec3, across: Axis | null, i: number, j: number, k: number): boolean {
  const isEnd = (axis: Axis, at: number) => axis !== across && (at === 0 || at === dims[axis] - 1)
  return isEnd(0, i) || isEnd(1, j) || isEnd(2, k)
}

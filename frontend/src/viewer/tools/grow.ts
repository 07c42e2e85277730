/** A level made larger or smaller by millimetres. */
import { squaredDistances } from './distance'
import { mayBecomeActive, type Outcome, refuse, type ToolInput } from './input'

const ROUNDING_MM = 1e-6

/** Adds the voxels within a distance of the level in hand (between voxel centres), except locked ones. */
export function grow(input: ToolInput, { mm }: { mm: number }): Outcome {
  const { grid, labels, active } = input
  const away = squaredDistances(grid.dims, grid.spacingMm, (index) => labels[index] === active)
  const reach = (mm + ROUNDING_MM) ** 2
  let added = 0
  const after = labels.map((value, index) => {
    if ((away[index] as number) > reach || !mayBecomeActive(input, index)) return value
    added++
    return active
  })
  return added > 0 ? after : refuse('nothing')
}

/** Takes away the voxels of the level in hand within a distance of what it does not hold. */
export function shrink({ grid, labels, active }: ToolInput, { mm }: { mm: number }): Outcome {
  const away = squaredDistances(grid.dims, grid.spacingMm, (index) => labels[index] !== active)
  const reach = (mm + ROUNDING_MM) ** 2
  let removed = 0
  const after = labels.map((value, index) => {
    if (value !== active || (away[index] as number) > reach) return value
    removed++
    return 0
  })
  return removed > 0 ? after : refuse('nothing')
}

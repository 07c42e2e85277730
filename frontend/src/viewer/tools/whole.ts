/** Acts on a level as a whole. */
import { type Outcome, refuse, type ToolInput } from './input'

/** Gives all voxels of the level in hand another number: a neighbour's, or 0 to clear it. */
export function renumber({ labels, active }: ToolInput, { to }: { to: number }): Outcome {
  return labels.includes(active) ? labels.map((value) => (value === active ? to : value)) : refuse('nothing')
}

/**
 * Gives the level in hand the voxels it had in another map: those are painted unless locked, its other
 * voxels are taken away.
 *
 * @param options.map vertebra numbers on the same grid.
 */
export function takeFrom({ labels, active, mayChange }: ToolInput, { map }: { map: Uint8Array }): Outcome {
  let changed = 0
  const after = labels.map((value, index) => {
    const had = map[index] === active
    const next = had && mayChange(value) ? active : !had && value === active ? 0 : value
    if (next !== value) changed++
    return next
  })
  return changed > 0 ? after : refuse('nothing')
}

/** The act that brings an old mask back: whole, or one vertebra of it. Pure. */
import { Tool } from '../bridge'
import type { Act } from '../viewer'
import { changesBetween } from './changes'
import type { Version } from './merge'

/**
 * @param number the vertebra to be restored, voxels only and never at the cost of a neighbour; null
 *   restores everything, level names included.
 */
export function restoreAct(now: Version, old: Version, number: number | null): Act {
  const wanted = number === null ? old.labels : withOne(now.labels, old.labels, number)
  const { runs } = changesBetween(now.labels, wanted)
  const numbers = number === null ? [...new Set([...now.levels.keys(), ...old.levels.keys()])].sort((a, b) => a - b) : []
  const levels = numbers
    .map((one) => ({ number: one, from: now.levels.get(one) ?? null, to: old.levels.get(one) ?? null }))
    .filter(({ from, to }) => from !== to)
  return { tool: Tool.restore, number: number ?? 0, runs, levels }
}

function withOne(now: Uint8Array, old: Uint8Array, number: number): Uint8Array {
  const wanted = now.slice()
  for (let index = 0; index < now.length; index++) {
    if (old[index] === number && now[index] === 0) wanted[index] = number
    else if (now[index] === number && old[index] !== number) wanted[index] = 0
  }
  return wanted
}

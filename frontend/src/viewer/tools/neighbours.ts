/** Which vertebra lies next to the level in hand, by the names. */
import { expectedChain } from '../../domain/anomalies'
import { type ChainLink, chainOf, insert, isRefused, type LevelChange } from '../../domain/levelActs'
import { compareLevels, LEVELS } from '../../domain/vertebrae'
import type { Side } from './planar'

type Levels = ReadonlyMap<number, string | null>
const NO_PLACES: ReadonlyMap<number, number> = new Map()

/** The number of the next named vertebra above or below, or null. */
export function neighbourOf(levels: Levels, active: number, side: Side): number | null {
  const own = levels.get(active) ?? null
  if (own === null) return null
  const named = [...levels].filter(([, level]) => level !== null).sort((a, b) => compareLevels(a[1], b[1]))
  const at = named.findIndex(([number]) => number === active)
  return named[at + (side === 'below' ? 1 : -1)]?.[0] ?? null
}

/**
 * Level changes that make room for a vertebra split off from another: the lower part takes the next
 * name, and where that is taken those below count on. Null where the names do not allow it.
 *
 * @param next number of the new vertebra, which is the part on `side`.
 */
export function insertedBeside(levels: Levels, active: number, side: Side, next: number): readonly LevelChange[] | null {
  const own = levels.get(active) ?? null
  if (own === null) return null
  const chain = chainOf(levels, NO_PLACES)
  const at = chain.findIndex((link) => link.number === active)
  const link: ChainLink = { number: next, level: null }
  chain.splice(side === 'below' ? at + 1 : at, 0, link)
  const name = side === 'above' ? own : nameBelow(levels, own)
  const outcome = name === null ? null : insert({ chain, anomalies: [] }, next, name)
  return outcome === null || isRefused(outcome) ? null : outcome.changes
}

/** The name that follows in this spine, T13 and L6 only where it has them. */
function nameBelow(levels: Levels, own: string): string | null {
  const had = new Set([...expectedChain(), ...[...levels.values()].filter((level) => level !== null)])
  const names = LEVELS.filter((level) => had.has(level))
  return names[names.indexOf(own) + 1] ?? null
}

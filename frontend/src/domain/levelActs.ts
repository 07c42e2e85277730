/**
 * What people do to the names of vertebrae: shift, insert, remove, swap, give another, add. Each says
 * which names change, or why it cannot be; nothing is changed here.
 *
 * The sacrum and the coccyx are known by their shape, not by counting: shifting moves C1 to L6 only.
 */
import { type Anomaly, expectedChain } from './anomalies'
import { LEVELS, placeOf } from './vertebrae'

export interface LevelChange {
  readonly number: number
  readonly from: string | null
  readonly to: string | null
}

/** A vertebra at its place in the row from cranial to caudal. */
export interface ChainLink {
  readonly number: number
  readonly level: string | null
}

export interface Spine {
  /** From cranial to caudal as they lie in the body. */
  readonly chain: readonly ChainLink[]
  readonly anomalies: readonly Anomaly[]
}

export type Refusal =
  | { readonly why: 'noLevel' | 'nothing' | 'unknown' | 'full' }
  | { readonly why: 'beyondC1' | 'pastSacrum' | 'notCounted'; readonly level: string }
  /** `level` would become `to`, which another vertebra is. */
  | { readonly why: 'taken'; readonly level: string | null; readonly to: string }

export type Outcome = { readonly changes: readonly LevelChange[] } | Refusal

export const isRefused = (outcome: Outcome): outcome is Refusal => 'why' in outcome

const MOST_VERTEBRAE = 255
const isCounted = (level: string | null): level is string => level !== null && level !== 'S1' && level !== 'Co'

/** Vertebrae in the order in which they lie; one without a place goes where its name belongs. */
export function chainOf(levels: ReadonlyMap<number, string | null>, placesFromTop: ReadonlyMap<number, number>): ChainLink[] {
  const links = [...levels].map(([number, level]) => ({ number, level }))
  const seen = links.filter(({ number }) => placesFromTop.has(number))
  seen.sort((a, b) => (placesFromTop.get(a.number) as number) - (placesFromTop.get(b.number) as number))
  for (const link of links.filter(({ number }) => !placesFromTop.has(number))) {
    const below = link.level === null ? -1 : seen.findIndex(({ level }) => level !== null && placeOf(level) > placeOf(link.level as string))
    seen.splice(below < 0 ? seen.length : below, 0, link)
  }
  return seen
}

/** The names that are counted through in this spine: the expected ones, those it has, and `also`. */
function namesOf(spine: Spine, also: readonly string[] = []): readonly string[] {
  const used = new Set([...expectedChain(spine.anomalies), ...spine.chain.flatMap(({ level }) => level ?? []), ...also])
  return LEVELS.filter((level) => used.has(level))
}

/** The changes, unless one gives a vertebra the name of another that had it alone. */
function checked(chain: readonly ChainLink[], changes: readonly LevelChange[]): Outcome {
  const real = changes.filter(({ from, to }) => from !== to)
  if (real.length === 0) return { why: 'nothing' }
  const after = new Map(chain.map(({ number, level }) => [number, level]))
  for (const { number, to } of real) after.set(number, to)
  const names = [...after.values()]
  for (const { from, to } of real) {
    if (to === null) continue
    const before = chain.filter(({ level }) => level === to).length
    const now = names.filter((level) => level === to).length
    if (now > Math.max(1, before)) return { why: 'taken', level: from, to }
  }
  return { changes: real }
}

/** Every counted vertebra of `links`, `steps` names further down (up where negative). */
function moved(links: readonly ChainLink[], names: readonly string[], steps: number): LevelChange[] | Refusal {
  const changes: LevelChange[] = []
  for (const { number, level } of links) {
    if (!isCounted(level)) continue
    const to = names[names.indexOf(level) + steps]
    if (to === undefined && steps < 0) return { why: 'beyondC1', level }
    if (to === undefined || to === 'Co') return { why: 'pastSacrum', level }
    changes.push({ number, from: level, to })
  }
  return changes
}

const placeIn = (spine: Spine, number: number): number => spine.chain.findIndex((link) => link.number === number)

/** Moves the names of this vertebra and of all below by one: 1 down, -1 up. */
export function shift(spine: Spine, number: number, steps: 1 | -1): Outcome {
  const at = placeIn(spine, number)
  const level = spine.chain[at]?.level ?? null
  if (level === null) return { why: 'noLevel' }
  if (!isCounted(level)) return { why: 'notCounted', level }
  const changes = moved(spine.chain.slice(at), namesOf(spine), steps)
  return 'why' in changes ? changes : checked(spine.chain, changes)
}

/** Gives this vertebra a name and counts on below it: those below move by as much as it does. */
export function insert(spine: Spine, number: number, level: string): Outcome {
  const at = placeIn(spine, number)
  const link = spine.chain[at]
  if (!link) return { why: 'unknown' }
  if (!isCounted(level)) return { why: 'notCounted', level }
  const names = namesOf(spine, [level])
  const below = spine.chain.slice(at + 1)
  const steps = isCounted(link.level) ? names.indexOf(level) - names.indexOf(link.level) : below.some((one) => one.level === level) ? 1 : 0
  const changes = steps === 0 ? [] : moved(below, names, steps)
  return 'why' in changes ? changes : checked(spine.chain, [{ number, from: link.level, to: level }, ...changes])
}

/** Takes the name of this vertebra away; where that leaves a gap that can be closed, those below move up. */
export function remove(spine: Spine, number: number): Outcome {
  const at = placeIn(spine, number)
  const level = spine.chain[at]?.level ?? null
  if (level === null) return { why: 'noLevel' }
  const isNeeded = isCounted(level) && expectedChain(spine.anomalies).includes(level) && spine.chain.filter((one) => one.level === level).length === 1
  const alone = { number, from: level, to: null }
  const below = isNeeded ? moved(spine.chain.slice(at + 1), namesOf(spine), -1) : []
  const closing = 'why' in below ? below : checked(spine.chain, [alone, ...below])
  return isRefused(closing) ? checked(spine.chain, [alone]) : closing
}

export function swap(spine: Spine, number: number, other: number): Outcome {
  const [a, b] = [spine.chain[placeIn(spine, number)], spine.chain[placeIn(spine, other)]]
  if (!a || !b) return { why: 'unknown' }
  return checked(spine.chain, [{ number, from: a.level, to: b.level }, { number: other, from: b.level, to: a.level }])
}

/** Gives one vertebra another name, or none, and leaves all others. */
export function relabel(spine: Spine, number: number, level: string | null): Outcome {
  const link = spine.chain[placeIn(spine, number)]
  return link ? checked(spine.chain, [{ number, from: link.level, to: level }]) : { why: 'unknown' }
}

/** A new vertebra; its number is `next`, the first that was never used. */
export function add(spine: Spine, next: number, level: string): Outcome {
  if (next > MOST_VERTEBRAE) return { why: 'full' }
  return checked(spine.chain, [{ number: next, from: null, to: level }])
}

/** What takes changes back. */
export const reversed = (changes: readonly LevelChange[]): LevelChange[] => changes.map(({ number, from, to }) => ({ number, from: to, to: from }))

/** The levels after changes; throws where one does not begin with what is there. */
export function changedLevels(levels: ReadonlyMap<number, string | null>, changes: readonly LevelChange[]): Map<number, string | null> {
  const after = new Map(levels)
  for (const { number, from, to } of changes) {
    if ((levels.get(number) ?? null) !== from) throw new RangeError(`Vertebra ${number} is not ${from ?? 'without a level'}.`)
    after.set(number, to)
  }
  return after
}

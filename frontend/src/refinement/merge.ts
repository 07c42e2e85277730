/**
 * Three-way merge of masks, vertebra by vertebra. Pure. A vertebra that only one side changed is taken
 * from that side; for one that both changed differently a choice is made, the later edit by default. A
 * voxel belongs to a vertebra where the version chosen for that vertebra says so; where two claim it the
 * later side has it, where none does it is background.
 */
import type { Levels } from '../viewer'

export type Side = 'before' | 'mine' | 'theirs'
export type Choice = ReadonlyMap<number, Side>

export interface Version {
  /** Vertebra numbers by flat index. */
  readonly labels: Uint8Array<ArrayBuffer>
  readonly levels: Levels
}

export interface Versions {
  readonly before: Version
  readonly mine: Version
  readonly theirs: Version
  /** Whose last act on a vertebra is the later one; also where both claim a voxel. */
  readonly later: (number: number) => 'mine' | 'theirs'
}

/** A vertebra that both sides changed, and not alike. */
export interface LevelConflict {
  readonly number: number
  readonly voxels: Readonly<Record<Side, number>>
  /** What is chosen unless a person says otherwise. */
  readonly later: 'mine' | 'theirs'
}

export interface Comparison {
  readonly conflicts: readonly LevelConflict[]
  /** Vertebrae that one side alone changed, or both alike. */
  readonly onlyMine: readonly number[]
  readonly onlyTheirs: readonly number[]
}

const SIDES = ['before', 'mine', 'theirs'] as const

export function compareVersions({ before, mine, theirs, later }: Versions): Comparison {
  const voxels = { before: new Uint32Array(256), mine: new Uint32Array(256), theirs: new Uint32Array(256) }
  const changed = { mine: new Set<number>(), theirs: new Set<number>(), apart: new Set<number>() }
  for (let index = 0; index < before.labels.length; index++) {
    const b = before.labels[index] as number
    const m = mine.labels[index] as number
    const t = theirs.labels[index] as number
    count(voxels.before, b)
    count(voxels.mine, m)
    count(voxels.theirs, t)
    if (b === m && b === t) continue
    if (b !== m) changed.mine.add(b).add(m)
    if (b !== t) changed.theirs.add(b).add(t)
    if (m !== t) changed.apart.add(m).add(t)
  }
  for (const number of numbersIn(before, mine, theirs)) {
    const [b, m, t] = [before, mine, theirs].map(({ levels }) => levels.get(number) ?? null)
    if (b !== m) changed.mine.add(number)
    if (b !== t) changed.theirs.add(number)
    if (m !== t) changed.apart.add(number)
  }
  const numbers = [...new Set([...changed.mine, ...changed.theirs])].filter((number) => number > 0).sort((a, b) => a - b)
  const isBoth = (number: number) => changed.mine.has(number) && changed.theirs.has(number) && changed.apart.has(number)
  const sizes = (number: number) => Object.fromEntries(SIDES.map((side) => [side, voxels[side][number] as number])) as Record<Side, number>
  return {
    conflicts: numbers.filter(isBoth).map((number) => ({ number, voxels: sizes(number), later: later(number) })),
    onlyMine: numbers.filter((number) => !isBoth(number) && changed.mine.has(number) && changed.apart.has(number)),
    onlyTheirs: numbers.filter((number) => !isBoth(number) && changed.theirs.has(number)),
  }
}

function count(sizes: Uint32Array, number: number): void {
  sizes[number] = (sizes[number] as number) + 1
}

const numbersIn = (...versions: Version[]) => new Set(versions.flatMap(({ levels }) => [...levels.keys()]))

/** The version taken for every vertebra number; those that nobody changed are theirs, which is what stands. */
export function sidesOf(comparison: Comparison, choice: Choice): (number: number) => Side {
  const onlyMine = new Set(comparison.onlyMine)
  const apart = new Map(comparison.conflicts.map(({ number, later }) => [number, choice.get(number) ?? later]))
  return (number) => apart.get(number) ?? (onlyMine.has(number) ? 'mine' : 'theirs')
}

export function mergeVersions(versions: Versions, comparison: Comparison, choice: Choice): Version {
  const sideOf = sidesOf(comparison, choice)
  const sides = Array.from({ length: 256 }, (_, number) => sideOf(number))
  const isMineLater = Array.from({ length: 256 }, (_, number) => versions.later(number) === 'mine')
  const { before, mine, theirs } = versions
  const labels = theirs.labels.slice()
  for (let index = 0; index < labels.length; index++) {
    const b = before.labels[index] as number
    const m = mine.labels[index] as number
    const t = theirs.labels[index] as number
    if (m === t && (b === t || (sides[t] !== 'before' && sides[b] !== 'before'))) continue
    const ofMine = sides[m] === 'mine' ? m : 0
    const ofTheirs = sides[t] === 'theirs' ? t : 0
    const ofBefore = sides[b] === 'before' ? b : 0
    const isContested = ofMine > 0 && ofTheirs > 0
    labels[index] = (isContested ? (isMineLater[m] ? ofMine : ofTheirs) : ofMine || ofTheirs) || ofBefore
  }
  const levels = new Map([...numbersIn(before, mine, theirs)].map((number) => [number, versions[sideOf(number)].levels.get(number) ?? null]))
  return { labels, levels }
}

/**
 * Gives vertebrae that only `mine` has numbers that are still free, because a number is never given twice;
 * one that both added under the same number and level is the same vertebra.
 *
 * @param nextNumber the number a new vertebra gets in `theirs`.
 */
export function renumbered(before: Version, mine: Version, theirs: Version, nextNumber: number): Version {
  const isNew = (number: number) => !before.levels.has(number)
  const isShared = (number: number) => theirs.levels.has(number) && theirs.levels.get(number) === mine.levels.get(number)
  const moved = new Map<number, number>()
  let next = nextNumber
  for (const number of [...mine.levels.keys()].sort((a, b) => a - b)) if (isNew(number) && !isShared(number)) moved.set(number, next++)
  if ([...moved].every(([from, to]) => from === to)) return mine
  const table = Uint8Array.from({ length: 256 }, (_, number) => moved.get(number) ?? number)
  return {
    labels: mine.labels.map((number) => table[number] as number),
    levels: new Map([...mine.levels].map(([number, level]) => [moved.get(number) ?? number, level])),
  }
}

import { expect, test } from 'vitest'
import { type Anomaly, ANOMALIES, EXCLUDES, expectedChain } from './anomalies'
import { add, chainOf, type ChainLink, changedLevels, insert, isRefused, type LevelChange, type Outcome, relabel, remove, reversed, shift, type Spine, swap } from './levelActs'
import { LEVELS } from './vertebrae'

const spineOf = (names: string, anomalies: readonly Anomaly[] = []): Spine => ({
  chain: names.split(' ').map((level, place) => ({ number: place + 1, level: level === '-' ? null : level })),
  anomalies,
})
const levelsOf = (chain: readonly ChainLink[]) => new Map(chain.map(({ number, level }) => [number, level]))

function after(spine: Spine, outcome: Outcome): string {
  if (isRefused(outcome)) return JSON.stringify(outcome)
  return [...changedLevels(levelsOf(spine.chain), outcome.changes).values()].map((level) => level ?? '-').join(' ')
}

test('shifting moves this level and all below, and leaves the sacrum', () => {
  const lumbar = spineOf('T10 T11 L1 L2 L3 L4 S1')
  expect(after(lumbar, shift(lumbar, 3, -1))).toBe('T10 T11 T12 L1 L2 L3 S1')
  expect(after(lumbar, shift(lumbar, 3, 1))).toBe('T10 T11 L2 L3 L4 L5 S1')
  expect(after(lumbar, shift(lumbar, 1, 1))).toBe('T11 T12 L2 L3 L4 L5 S1')
})

test('a shift goes through T13, L6 only where the spine has them', () => {
  const spine = spineOf('T11 T12 L1')
  expect(after(spine, shift(spine, 2, 1))).toBe('T11 L1 L2')
  const declared = spineOf('T11 T12 L1', ['has_T13'])
  expect(after(declared, shift(declared, 2, 1))).toBe('T11 T13 L2')
  const absent = spineOf('T10 T11 L1', ['lacks_T12'])
  expect(after(absent, shift(absent, 2, 1))).toBe('T10 L1 L2')
  const sixth = spineOf('L4 L5 S1', ['has_L6'])
  expect(after(sixth, shift(sixth, 2, 1))).toBe('L4 L6 S1')
})

test('impossible shifts are refused and say why', () => {
  expect(shift(spineOf('C1 C2 C3'), 1, -1)).toEqual({ why: 'beyondC1', level: 'C1' })
  expect(shift(spineOf('L4 L5 S1'), 1, 1)).toEqual({ why: 'taken', level: 'L5', to: 'S1' })
  expect(after(spineOf('L4 L5'), shift(spineOf('L4 L5'), 2, 1))).toBe('L4 S1')
  expect(shift(spineOf('L5 S1 Co'), 2, 1)).toEqual({ why: 'notCounted', level: 'S1' })
  expect(shift(spineOf('T12 L1 L2'), 2, -1)).toEqual({ why: 'taken', level: 'L1', to: 'T12' })
  expect(shift(spineOf('T12 - L2'), 2, -1)).toEqual({ why: 'noLevel' })
})

test('inserting T13 or L6 counts on below', () => {
  const spine = spineOf('T11 T12 L1 L2 L3')
  expect(after(spine, insert(spine, 3, 'T13'))).toBe('T11 T12 T13 L1 L2')
  const long = spineOf('L4 L5 S1')
  expect(insert(long, 2, 'S1')).toEqual({ why: 'notCounted', level: 'S1' })
  const gap = spineOf('L3 L4 - S1')
  expect(after(gap, insert(gap, 3, 'L6'))).toBe('L3 L4 L6 S1')
  const unnamed = spineOf('T12 - L1 L2')
  expect(after(unnamed, insert(unnamed, 2, 'L1'))).toBe('T12 L1 L2 L3')
  const holed = spineOf('T12 L1 L3 L4')
  expect(after(holed, insert(holed, 2, 'T13'))).toBe('T12 T13 L2 L3')
})

test('removing closes the gap, but none is where the level was one too many', () => {
  const spine = spineOf('T11 T12 L1 L2 S1')
  expect(after(spine, remove(spine, 3))).toBe('T11 T12 - L1 S1')
  const extra = spineOf('T12 T13 L1 L2', ['has_T13'])
  const declared = remove({ ...extra, anomalies: [] }, 2)
  expect(after(extra, declared)).toBe('T12 - L1 L2')
  const jumbled = spineOf('T13 T10 L1')
  expect(after(jumbled, remove(jumbled, 2))).toBe('T13 - L1')
  const twice = spineOf('T12 L1 L1 L2')
  expect(after(twice, remove(twice, 2))).toBe('T12 - L1 L2')
})

test('swapping, renaming and adding leave all others, and take no name twice', () => {
  const spine = spineOf('T11 T12 L1')
  expect(after(spine, swap(spine, 1, 3))).toBe('L1 T12 T11')
  expect(swap(spine, 1, 9)).toEqual({ why: 'unknown' })
  expect(relabel(spine, 1, 'T12')).toEqual({ why: 'taken', level: 'T11', to: 'T12' })
  expect(after(spine, relabel(spine, 1, 'T10'))).toBe('T10 T12 L1')
  expect(relabel(spine, 1, 'T11')).toEqual({ why: 'nothing' })
  expect(after(spine, add(spine, 4, 'L2'))).toBe('T11 T12 L1 L2')
  expect(add(spine, 4, 'L1')).toEqual({ why: 'taken', level: null, to: 'L1' })
  expect(add(spine, 256, 'L2')).toEqual({ why: 'full' })
})

test('the chain is the order in which bones lie, and a bone not painted goes by its name', () => {
  const levels = new Map([[1, 'L1'], [2, 'T12'], [3, null], [4, 'T11'], [5, 'L3']] as const)
  const chain = chainOf(levels, new Map([[2, 30], [1, 60], [3, 90]]))
  expect(chain.map(({ number }) => number)).toEqual([4, 2, 1, 3, 5])
})

/** Numbers from 0 to 1, the same in every run. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32
    return state / 2 ** 32
  }
}

const counted = (levels: Iterable<string | null>) => {
  const counts = new Map<string, number>()
  for (const level of levels) if (level) counts.set(level, (counts.get(level) ?? 0) + 1)
  return counts
}

test('whatever is done in whatever order: undo restores exactly, and no level is there twice that was not', () => {
  const random = randomOf(4)
  const any = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  let done = 0
  for (let round = 0; round < 60; round++) {
    const some = ANOMALIES.filter(() => random() < 0.3)
    const anomalies = some.filter((one) => one < EXCLUDES[one] || !some.includes(EXCLUDES[one]))
    const begin = Math.floor(random() * 18)
    const names = [...expectedChain(anomalies).slice(begin, begin + 4 + Math.floor(random() * 8))]
    if (random() < 0.3) names[2] = names[1] as string
    const first = new Map<number, string | null>(names.map((level, place) => [place + 1, level]))
    let levels: ReadonlyMap<number, string | null> = first
    const past: (readonly LevelChange[])[] = []
    for (let step = 0; step < 25; step++) {
      const spine: Spine = { chain: [...levels].map(([number, level]) => ({ number, level })), anomalies }
      const number = any([...levels.keys()])
      const outcome = any([
        () => shift(spine, number, 1), () => shift(spine, number, -1), () => insert(spine, number, any(LEVELS)), () => remove(spine, number),
        () => swap(spine, number, any([...levels.keys()])), () => relabel(spine, number, any(LEVELS)), () => add(spine, levels.size + 1, any(LEVELS)),
      ])()
      if (isRefused(outcome)) continue
      const next = changedLevels(levels, outcome.changes)
      const [was, is] = [counted(levels.values()), counted(next.values())]
      for (const [level, times] of is) expect(times).toBeLessThanOrEqual(Math.max(1, was.get(level) ?? 0))
      expect(changedLevels(next, reversed(outcome.changes))).toEqual(new Map([...levels, ...[...next.keys()].filter((one) => !levels.has(one)).map((one) => [one, null] as const)]))
      past.push(outcome.changes)
      levels = next
      done++
    }
    for (const changes of past.reverse()) levels = changedLevels(levels, reversed(changes))
    expect([...levels].filter(([, level]) => level !== null)).toEqual([...first])
  }
  expect(done).toBeGreaterThan(300)
})

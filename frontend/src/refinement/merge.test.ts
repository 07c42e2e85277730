import { expect, test } from 'vitest'
import { compareVersions, mergeVersions, renumbered, type Side, sidesOf, type Version, type Versions } from './merge'

const N = 400
const levels = new Map<number, string | null>([[1, 'T12'], [2, 'L1'], [3, 'L2'], [4, 'L3']])

function generator(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 48271) % 2147483647
    return state % below
  }
}

/** Paints a few random strokes of random vertebrae on a copy. */
function painted(base: Uint8Array<ArrayBuffer>, random: (below: number) => number, strokes: number): Uint8Array<ArrayBuffer> {
  const labels = base.slice()
  for (let stroke = 0; stroke < strokes; stroke++) {
    const start = random(N)
    labels.fill(random(5), start, Math.min(N, start + 1 + random(40)))
  }
  return labels
}

const places = (labels: Uint8Array, number: number) => [...labels.keys()].filter((index) => labels[index] === number)
const version = (labels: Uint8Array<ArrayBuffer>, named = levels): Version => ({ labels, levels: named })

test('random strokes on random bases: every vertebra is as its chosen version has it, and every voxel is of one version or background', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = generator(seed)
    const base = painted(new Uint8Array(N), random, 8)
    const versions: Versions = {
      before: version(base),
      mine: version(painted(base, random, random(4))),
      theirs: version(painted(base, random, random(4))),
      later: (number) => ((number + seed) % 2 === 0 ? 'mine' : 'theirs'),
    }
    const comparison = compareVersions(versions)
    const choice = new Map(comparison.conflicts.map(({ number }) => [number, (['before', 'mine', 'theirs'] as const)[random(3)] as Side]))
    const merged = mergeVersions(versions, comparison, choice)
    const sideOf = sidesOf(comparison, choice)
    for (let index = 0; index < N; index++) {
      const is = merged.labels[index] as number
      const claims = (['before', 'mine', 'theirs'] as const).map((side) => [side, versions[side].labels[index] as number] as const)
        .filter(([side, number]) => number > 0 && sideOf(number) === side)
        .map(([, number]) => number)
      if (claims.length === 0) expect(is).toBe(0)
      else expect(claims).toContain(is)
      if (new Set(claims).size === 1) expect(is).toBe(claims[0])
    }
    const conflicting = new Set(comparison.conflicts.map(({ number }) => number))
    for (const number of [1, 2, 3, 4]) {
      const [b, m, t] = [versions.before, versions.mine, versions.theirs].map(({ labels }) => places(labels, number).join())
      expect(conflicting.has(number)).toBe(b !== m && b !== t && m !== t)
      expect(comparison.onlyMine.includes(number)).toBe(b !== m && b === t)
      expect(comparison.onlyTheirs.includes(number)).toBe(b !== t && (b === m || m === t))
    }
  }
})

test('who alone changed something keeps it without being asked, and nothing changed is nothing merged', () => {
  const base = Uint8Array.from([0, 1, 1, 2, 2, 0, 3, 3])
  const mine = Uint8Array.from([1, 1, 1, 2, 2, 0, 3, 3])
  const theirs = Uint8Array.from([0, 1, 1, 2, 2, 0, 3, 0])
  const versions: Versions = { before: version(base), mine: version(mine), theirs: version(theirs), later: () => 'theirs' }
  const comparison = compareVersions(versions)
  expect(comparison).toEqual({ conflicts: [], onlyMine: [1], onlyTheirs: [3] })
  expect([...mergeVersions(versions, comparison, new Map()).labels]).toEqual([1, 1, 1, 2, 2, 0, 3, 0])
  const same = compareVersions({ ...versions, mine: version(base), theirs: version(base) })
  expect(same).toEqual({ conflicts: [], onlyMine: [], onlyTheirs: [] })
})

test('a level that both changed goes by the choice, voxels and name together; the later edit by default', () => {
  const base = Uint8Array.from([1, 1, 0, 0, 0])
  const mine = version(Uint8Array.from([1, 1, 1, 0, 0]), new Map([[1, 'L1']]))
  const theirs = version(Uint8Array.from([1, 0, 0, 0, 0]), new Map([[1, 'T11']]))
  const versions: Versions = { before: version(base, new Map([[1, 'T12']])), mine, theirs, later: () => 'mine' }
  const comparison = compareVersions(versions)
  expect(comparison.conflicts).toEqual([{ number: 1, voxels: { before: 2, mine: 3, theirs: 1 }, later: 'mine' }])
  const merged = (side?: Side) => mergeVersions(versions, comparison, new Map(side ? [[1, side]] : []))
  expect([[...merged().labels], merged().levels.get(1)]).toEqual([[1, 1, 1, 0, 0], 'L1'])
  expect([[...merged('theirs').labels], merged('theirs').levels.get(1)]).toEqual([[1, 0, 0, 0, 0], 'T11'])
  expect([[...merged('before').labels], merged('before').levels.get(1)]).toEqual([[1, 1, 0, 0, 0], 'T12'])
})

test('vertebrae that both added under one number are kept apart, unless they are the same', () => {
  const before = version(new Uint8Array(4), new Map([[1, 'L5']]))
  const mine = version(Uint8Array.from([2, 2, 3, 0]), new Map([[1, 'L5'], [2, 'L6'], [3, 'S1']]))
  const theirs = version(Uint8Array.from([0, 0, 0, 2]), new Map([[1, 'L5'], [2, 'T13']]))
  const moved = renumbered(before, mine, theirs, 3)
  expect([...moved.labels]).toEqual([3, 3, 4, 0])
  expect([...moved.levels]).toEqual([[1, 'L5'], [3, 'L6'], [4, 'S1']])
  const versions: Versions = { before, mine: moved, theirs, later: () => 'mine' }
  const merged = mergeVersions(versions, compareVersions(versions), new Map())
  expect([...merged.labels]).toEqual([3, 3, 4, 2])
  expect(merged.levels.get(2)).toBe('T13')
  const alike = version(theirs.labels, new Map([[1, 'L5'], [2, 'L6']]))
  expect(renumbered(before, { ...mine, levels: new Map([[1, 'L5'], [2, 'L6']]) }, alike, 3).levels.get(2)).toBe('L6')
})

import { expect, test } from 'vitest'
import type { Problem, Vertebra } from '../api/types'
import { applyRuns } from '../bridge'
import { flatIndex, type Grid } from '../domain/geometry'
import { glowOf } from '../viewer/glow'
import { changesBetween } from './changes'
import { digitsTyped, levelRows, neighbour } from './levels'
import { furthestMm } from './surface'

const gridOfBox = (dims: Grid['dims'], spacingMm: Grid['spacingMm']): Grid => ({ dims, spacingMm, originMm: [0, 0, 0], direction: [0, 1, 0, 0, 0, -1, -1, 0, 0] })

const vertebra = (number: number, level: string | null, more: Partial<Vertebra> = {}): Vertebra => ({
  number, level, uuid: `u${number}`, counted_from: 'assumed', centroid_mm: null, confidence: 0.9, is_partial: false, ...more,
})
const problem = (number: number, blocking: boolean): Problem => ({ code: 'two_pieces', number, level: null, message: 'In two pieces.', at_mm: null, blocking, may_override: false, override: null })

const spine = [vertebra(1, 'T12', { is_partial: true }), vertebra(2, 'L1'), vertebra(3, 'L2', { confidence: 0.3 }), vertebra(4, 'L3'), vertebra(9, null)]
const rowsOf = (order: 'worst' | 'anatomy') =>
  levelRows({ vertebrae: spine, problems: [problem(4, true), problem(2, false)], done: new Set([2]), stats: new Map([[2, { voxels: 9, middleMm: [1, 2, 3] }]]) }, order)

test('the worst level comes first, and a note that stops nothing is no problem', () => {
  expect(rowsOf('worst').map((row) => [row.level, row.mark])).toEqual([
    ['L3', 'problem'], ['T12', 'partial'], ['L2', 'unsure'], [null, 'open'], ['L1', 'done'],
  ])
})

test('in anatomical order nameless vertebrae come last', () => {
  expect(rowsOf('anatomy').map((row) => row.level)).toEqual(['T12', 'L1', 'L2', 'L3', null])
  expect(rowsOf('anatomy')[1]?.middleMm).toEqual([1, 2, 3])
})

test('next and previous stop at the ends', () => {
  const rows = rowsOf('anatomy')
  expect(neighbour(rows, 0, 1)?.level).toBe('T12')
  expect(neighbour(rows, 1, 1)?.level).toBe('L1')
  expect(neighbour(rows, 1, -1)?.level).toBe('T12')
  expect(neighbour(rows, 9, 1)?.number).toBe(9)
})

test('changes count what each level won and lost, and turn one mask into the other', () => {
  const before = Uint8Array.from([0, 1, 1, 1, 2, 2, 0, 0])
  const now = Uint8Array.from([0, 1, 1, 2, 2, 2, 2, 3])
  const changes = changesBetween(before, now)
  expect(changes.voxels).toBe(3)
  expect(changes.levels).toEqual([
    { number: 2, before: 2, added: 2, removed: 0, furthestMm: null },
    { number: 3, before: 0, added: 1, removed: 0, furthestMm: null },
    { number: 1, before: 3, added: 0, removed: 1, furthestMm: null },
  ].sort((a, b) => (b.added + b.removed) / Math.max(b.before, 1) - (a.added + a.removed) / Math.max(a.before, 1)))
  applyRuns(before, changes.runs)
  expect(before).toEqual(now)
})

test('what is worth knowing and what is of odd size come after what stops, before what the model doubts', () => {
  const levels = ['T10', 'T11', 'T12', 'L1', 'L2', 'L3']
  const vertebrae = levels.map((level, at) => vertebra(at + 1, level, { confidence: at === 4 ? 0.3 : 0.9 }))
  const stats = new Map(levels.map((_, at) => [at + 1, { voxels: at === 2 ? 90 : 200, middleMm: [0, 0, 0] as const }]))
  const rows = levelRows({ vertebrae, problems: [problem(5, false), problem(4, true)], done: new Set(), stats }, 'worst')
  expect(rows.map((row) => [row.level, row.mark])).toEqual([
    ['L1', 'problem'], ['T12', 'notice'], ['L2', 'notice'], ['T10', 'open'], ['T11', 'open'], ['L3', 'open'],
  ])
  expect(rows[1]?.sizeShare).toBeCloseTo(0.45)
  expect(rows[2]).toMatchObject({ problem: { message: 'In two pieces.' }, confidence: 0.3 })
})

test('digits typed together are one number', () => {
  const place = digitsTyped()
  expect([place('1', 0), place('2', 300), place('4', 2000), place('0', 2100)]).toEqual([0, 11, 3, 39])
})

test('the furthest change is measured from the surface it began with, in millimetres', () => {
  const grid = gridOfBox([7, 5, 3], [1, 2, 3])
  const at = (i: number, j: number, k: number) => flatIndex(grid.dims, i, j, k)
  const before = new Uint8Array(7 * 5 * 3)
  before[at(1, 1, 1)] = before[at(2, 1, 1)] = 4
  const now = before.slice()
  now[at(5, 2, 1)] = 4
  now[at(1, 1, 1)] = 0
  expect(furthestMm(grid, before, now, [4]).get(4)).toBeCloseTo(Math.hypot(3, 2), 9)
  expect(furthestMm(grid, before, before, [4]).get(4)).toBe(0)
  expect(furthestMm(grid, before, new Uint8Array(now.length), [4]).size).toBe(0)
})

test('a glow holds each changed voxel once per plane, in its slice and on its side', () => {
  const grid = gridOfBox([3, 2, 2], [1, 1, 1])
  const runs = { starts: Uint32Array.of(1, 9), lengths: Uint32Array.of(2, 1), old: Uint8Array.of(0, 5), new: Uint8Array.of(5, 0) }
  const { slices } = glowOf(grid, runs)
  expect(slices.sagittal.get(0)).toEqual({ added: [1, 2], removed: [] })
  expect(slices.sagittal.get(1)).toEqual({ added: [], removed: [9] })
  expect([...slices.axial.keys()].sort()).toEqual([0, 1])
  expect([...slices.coronal.keys()].sort()).toEqual([0, 1, 2])
})

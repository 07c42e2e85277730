import { expect, test } from 'vitest'
import type { Problem, Vertebra } from '../api/types'
import { applyRuns } from '../bridge'
import { changesBetween } from './changes'
import { levelRows, neighbour } from './levels'

const vertebra = (number: number, level: string | null, more: Partial<Vertebra> = {}): Vertebra => ({
  number, level, uuid: `u${number}`, counted_from: 'assumed', centroid_mm: null, confidence: 0.9, is_partial: false, ...more,
})
const problem = (number: number, blocking: boolean): Problem => ({ code: 'two_pieces', number, level: null, message: 'In two pieces.', at_mm: null, blocking })

const spine = [vertebra(1, 'T12', { is_partial: true }), vertebra(2, 'L1'), vertebra(3, 'L2', { confidence: 0.3 }), vertebra(4, 'L3'), vertebra(9, null)]
const rowsOf = (order: 'worst' | 'anatomy') =>
  levelRows(spine, [problem(4, true), problem(2, false)], new Set([2]), new Map([[2, [1, 2, 3]]]), order)

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
    { number: 2, before: 2, added: 2, removed: 0 },
    { number: 3, before: 0, added: 1, removed: 0 },
    { number: 1, before: 3, added: 0, removed: 1 },
  ].sort((a, b) => (b.added + b.removed) / Math.max(b.before, 1) - (a.added + a.removed) / Math.max(a.before, 1)))
  applyRuns(before, changes.runs)
  expect(before).toEqual(now)
})

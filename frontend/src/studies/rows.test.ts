import { expect, test } from 'vitest'
import type { WorkRow } from '../api/types'
import { daysWaiting, inOrder, matching, moved } from './rows'

const row = (code: string, since: string, levels = 'T1–L1', note = ''): WorkRow => ({
  case: code, code, title: 'Thoracic CT', stage: 'refining', levels, n_levels: 13, thumbnail_url: null, held_by: null,
  waiting_since: since, note, returned: false, look_at: '', due_at: null, work: 'refine', job: null, moves: [],
})
const ROWS = [
  row('LAM-10', '2026-11-20T08:00:00Z', 'T1–L1', 'L2 mask leaks'),
  row('LAM-9', '2026-11-01T08:00:00Z', 'T12–S1'),
  row('LAM-100', '2026-11-10T08:00:00Z'),
]
const codes = (rows: WorkRow[]) => rows.map((one) => one.code)

test('the order of the server stays as it came; the others are by wait and by number', () => {
  expect(codes(inOrder(ROWS, 'urgent'))).toEqual(['LAM-10', 'LAM-9', 'LAM-100'])
  expect(codes(inOrder(ROWS, 'waiting'))).toEqual(['LAM-9', 'LAM-100', 'LAM-10'])
  expect(codes(inOrder(ROWS, 'case'))).toEqual(['LAM-9', 'LAM-10', 'LAM-100'])
})

test('a search finds every word anywhere in the row', () => {
  expect(codes(matching(ROWS, 'leaks l2'))).toEqual(['LAM-10'])
  expect(codes(matching(ROWS, 's1'))).toEqual(['LAM-9'])
  expect(matching(ROWS, 'leaks s1')).toEqual([])
  expect(matching(ROWS, '  ')).toHaveLength(3)
})

test('waiting is counted in days and never negative', () => {
  const now = new Date('2026-11-21T20:00:00Z')
  expect(daysWaiting(ROWS[0] as WorkRow, now)).toBe(1.5)
  expect(daysWaiting({ waiting_since: '2026-11-22T08:00:00Z' }, now)).toBe(0)
  expect(daysWaiting({ waiting_since: '' }, now)).toBe(0)
})

test('the selection stays in the list', () => {
  expect(moved(0, -1, 3)).toBe(0)
  expect(moved(2, 1, 3)).toBe(2)
  expect(moved(0, 1, 0)).toBe(0)
})

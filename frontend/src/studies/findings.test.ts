import { expect, test } from 'vitest'
import type { ImportFinding } from '../api/types'
import { parcels } from './collectFiles'
import { filtered, newCases, reportCsv, resultOf } from './findings'
import { stepsOf } from './slices'

const finding = (part: Partial<ImportFinding>): ImportFinding => ({
  name: 'Series 1', accepted: true, code: 'ACCEPTED', reason: '', place: '', n_slices: 3, spacing_mm: [0.5, 0.5, 2],
  positions_mm: null, gaps: null, case: null, case_code: null, duplicate: false, ...part,
})
const GAPPED = finding({ accepted: false, reason: 'One slice is "missing".', positions_mm: [0, -5, -15, -20], gaps: [1] })
const FINDINGS = [
  finding({ case: 'a', case_code: 'LAM-1' }),
  finding({ name: 'Series 2', case: 'a', case_code: 'LAM-1', duplicate: true, reason: 'Already here' }),
  GAPPED,
  finding({ name: 'Series 4', code: 'TILT_CORRECTED', case: 'b', case_code: 'LAM-2' }),
]

test('a series is accepted, accepted with a note, or refused', () => {
  expect(FINDINGS.map(resultOf)).toEqual(['accepted', 'note', 'refused', 'note'])
  expect(filtered(FINDINGS, 'refused')).toEqual([GAPPED])
  expect(filtered(FINDINGS, 'all')).toHaveLength(4)
})

test('a series that was here already makes no new case', () => {
  expect(newCases(FINDINGS)).toBe(2)
  expect(newCases(FINDINGS.slice(1, 3))).toBe(0)
})

test('the report keeps quotation marks of a reason', () => {
  const rows = reportCsv(FINDINGS).split('\r\n')
  expect(rows).toHaveLength(5)
  expect(rows[3]).toContain('"One slice is ""missing""."')
})

test('a gap lies between two slices counted from 1, beside the usual distance', () => {
  expect(stepsOf(GAPPED)).toEqual({ first: 0, last: -20, usual: 5, gaps: [{ from: 2, to: 3, mm: 10 }] })
  expect(stepsOf(finding({ positions_mm: [1] }))).toBeNull()
})

test('parcels keep every file once, in order, and a large file goes alone', () => {
  const file = (name: string, bytes: number) => new File([new Uint8Array(bytes)], name)
  const files = [file('a', 20), file('big', 33_000_000), ...Array.from({ length: 60 }, (_, i) => file(`s${i}`, 10))]
  const sent = parcels(files)
  expect(sent.flat()).toEqual(files)
  expect(sent.map((one) => one.length)).toEqual([1, 1, 50, 10])
})

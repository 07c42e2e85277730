import { expect, test } from 'vitest'
import type { Agreement, AgreementRow } from '../api/types'
import { differing, jointOf, marksOf, partsOf, verdictOf, worstLevels } from './summary'

const row = (group: string, of: string, statistic: string, value: number | null, readers = ['A', 'B']): AgreementRow => ({
  group, of, statistic, readers, value, low: value, high: value, n_units: 9, n_clusters: 3, reason: '', n_undefined: 0,
})

test('a pair has one row for each part of the spine it read, patients last', () => {
  const rows = [
    row('all', 'grade', 'agreement', 0.9), row('all', 'grade', 'kappa quadratic', 0.8), row('all', 'grade', 'agreement', 0.1, []),
    row('thoracic', 'grade', 'agreement', 0.9), row('T1–T4', 'grade', 'agreement', 1), row('T8', 'grade', 'agreement', 1),
    row('patients', 'fracture', 'agreement', 0.7), row('patients', 'fracture', 'kappa unweighted', 0.5),
  ]
  const parts = partsOf({ rows } as Agreement, ['A', 'B'])
  expect(parts.map((part) => part.group)).toEqual(['all', 'T1–T4', 'patients'])
  expect(parts[0]?.same?.value).toBe(0.9)
  expect(parts[0]?.weighted?.value).toBe(0.8)
  expect(parts[2]?.kappa?.value).toBe(0.5)
})

test('the verdict follows the lower end of the interval', () => {
  const kappa = (value: number | null, low: number | null, high: number | null) => ({ ...row('all', 'grade', 'kappa', value), low, high })
  expect(verdictOf(null)).toBe('none')
  expect(verdictOf(kappa(null, null, null))).toBe('none')
  expect(verdictOf(kappa(0.9, null, null))).toBe('unsure')
  expect(verdictOf(kappa(0.9, 0.4, 1))).toBe('unsure')
  expect(verdictOf(kappa(0.9, 0.85, 0.95))).toBe('good')
  expect(verdictOf(kappa(0.9, 0.7, 0.95))).toBe('fair')
  expect(verdictOf(kappa(0.5, 0.4, 0.6))).toBe('poor')
})

test('levels with too few vertebrae are not called worst', () => {
  const at = (level: string, n: number, n_different: number) => ({ level, n, n_different })
  expect(worstLevels([at('T7', 20, 4), at('T8', 2, 2), at('T9', 20, 0), at('L1', 20, 6), at('L2', 20, 1)]).map((one) => one.level)).toEqual(['L1', 'T7'])
})

test('differing grades are counted by how far apart they are', () => {
  const table = [[7, 2, 1, 0], [1, 5, 0, 0], [0, 0, 3, 1], [1, 0, 0, 2]]
  expect(differing(table)).toEqual({ total: 23, apart: [17, 4, 1, 1] })
})

test('axis marks are round and span the range', () => {
  expect(marksOf(-1.7, 2.4)).toEqual([-2, -1, 0, 1, 2, 3])
  expect(marksOf(12, 31)).toEqual([10, 15, 20, 25, 30, 35])
  expect([marksOf(5, 5)[0], marksOf(5, 5).at(-1)].map((mark) => mark?.toFixed(1))).toEqual(['4.4', '5.6'])
  expect(marksOf(0, 1e-12)[0]).toBeCloseTo(-0.6)
})

test('figures of all readers stand for the part that is asked for, or for all of it', () => {
  const rows = [row('all', 'grade', 'Fleiss kappa', 0.7, []), row('all', 'grade', 'agreement', 0.9), row('L1', 'grade', 'Fleiss kappa', 0.4, [])]
  expect(jointOf({ rows } as Agreement, 'L1').rows.map((one) => one.value)).toEqual([0.4])
  expect(jointOf({ rows } as Agreement, 'T3')).toEqual({ groups: ['all', 'L1'], rows: [rows[0]] })
})

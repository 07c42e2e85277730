import { describe, expect, it } from 'vitest'
import type { DisagreementOut, Finding } from '../api/types'
import { aFinding } from '../grading/aFinding'
import {
  asksFinding,
  asksMasks,
  editedFinding,
  heightRows,
  inTurn,
  lastSettled,
  meanMeasured,
  meanPoints,
  needsRemark,
  openOnes,
  questionOf,
  splitByDecider,
  thresholdOnes,
  widestRow,
} from './compare'

const body = (middle: number) => [
  [
    [0, 0, 20],
    [0, 0, 0],
  ],
  [
    [0, 15, 20],
    [0, 15, 20 - middle],
  ],
  [
    [0, 30, 20],
    [0, 30, 0],
  ],
]

function entry(
  id: string,
  kind: DisagreementOut['kind'],
  rank: number,
  a: Partial<Finding> = {},
  b: Partial<Finding> = {},
): DisagreementOut {
  return {
    id,
    number: rank,
    level: 'T7',
    kind,
    rank,
    reason: '',
    a_name: '',
    b_name: '',
    deferred_at: null,
    asked: null,
    a: aFinding(rank, 'T7', a),
    b: aFinding(rank, 'T7', b),
    settled: null,
    masks: null,
    open: true,
  }
}

describe('two readings side by side', () => {
  const a = aFinding(7, 'T7', { heights_mm: [17.6, 15, 19.3], six_points_mm: body(14) })
  const b = aFinding(7, 'T7', { heights_mm: [17.6, 16.9, 19.2], six_points_mm: body(18) })

  it('shows how far the heights are apart and where most', () => {
    const rows = heightRows(a, b)
    expect(rows.map((row) => Number(row.difference?.toFixed(9)))).toEqual([0, 1.9, 0.1])
    expect(widestRow(rows)?.segment).toBe('middle')
  })

  it('compares nothing with a reading that has no points', () => {
    expect(heightRows(a, null).map((row) => row.difference)).toEqual([null, null, null])
    expect(widestRow(heightRows(a, null))).toBeNull()
    expect(meanPoints(a, aFinding(7, 'T7'))).toBeNull()
  })

  it('measures the mean of the points, not the mean of the ratios', () => {
    expect(meanPoints(a, b)?.[1]?.[1]).toEqual([0, 15, 4])
    const mean = meanMeasured(a, b, 'loss20_25_40')
    expect(mean?.heightsMm).toEqual([20, 16, 20])
    expect([mean?.grade, mean?.shape]).toEqual([1, 'biconcave'])
  })
})

describe('the list', () => {
  const list = [
    entry('noise', 'threshold', 9),
    entry('shape', 'shape', 6),
    entry('flip', 'grade', 1, { grade_reader: 1 }, { grade_reader: 0 }),
  ]

  it('is ordered by consequence and keeps threshold noise apart', () => {
    expect(openOnes(list).map((one) => one.id)).toEqual(['flip', 'shape'])
    expect(thresholdOnes(list).map((one) => one.id)).toEqual(['noise'])
  })

  it('puts what was deferred at the end', () => {
    const deferred = list.map((one) => (one.id === 'flip' ? { ...one, deferred_at: '2026-11-21T10:00:00Z' } : one))
    expect(inTurn(openOnes(deferred)).map((one) => one.id)).toEqual(['shape', 'flip'])
  })

  it('keeps what a third reader decides apart from what the two decide', () => {
    const asked = { by: 'Robin', at: '2026-11-21T10:00:00Z', note: '' }
    const open = openOnes(list.map((one) => (one.id === 'flip' ? { ...one, asked } : one)))
    const ids = (role: 'reader' | 'adjudicator') => {
      const { own, others } = splitByDecider(open, role)
      return [own, others].map((half) => half.map((one) => one.id))
    }
    expect(ids('reader')).toEqual([['shape'], ['flip']])
    expect(ids('adjudicator')).toEqual([['flip'], ['shape']])
  })
})

describe('the question', () => {
  it('asks whether it is fractured only where one reader says no', () => {
    expect(questionOf(entry('x', 'grade', 1, { grade_reader: 1 }, { grade_reader: 0 }))).toBe('fractured')
    expect(questionOf(entry('x', 'grade', 1, { grade_reader: 1 }, { grade_reader: 3 }))).toBe('grade')
    expect(questionOf(entry('x', 'presence', 1))).toBe('visible')
    expect(questionOf(entry('x', 'presence', 1, {}, { level: 'T8' }))).toBe('level')
    expect(questionOf({ ...entry('x', 'presence', 1), b: null })).toBe('marked')
    expect(questionOf(entry('x', 'flags', 1))).toBe('flags')
  })

  it("owes a remark when neither reader's grade is taken", () => {
    const one = entry('x', 'grade', 1, { grade_reader: 1, shape_reader: 'wedge' }, { grade_reader: 0 })
    expect(needsRemark({ grade_reader: 1, shape_reader: 'wedge' }, one)).toBe(false)
    expect(needsRemark({ grade_reader: 0, shape_reader: null }, one)).toBe(false)
    expect(needsRemark({ grade_reader: 2, shape_reader: 'wedge' }, one)).toBe(true)
  })
})

describe('an edited finding', () => {
  it("takes over what the sitting did not change, without the reader's remark", () => {
    const one = entry('x', 'grade', 7, { deformity: ['schmorl'], remark: 'mine' }, { grade_reader: 0 })
    const said = { grade_reader: 2 as const, shape_reader: 'wedge' as const, not_graded_reason: null, ao_class: null }
    expect(editedFinding(one, { points: body(14), by: null, finding: said })).toEqual({
      level: 'T7',
      deformity: ['schmorl'],
      foreign_material: [],
      confidence: null,
      remark: '',
      slice_first: null,
      slice_last: null,
      ao_neurology: null,
      ao_modifiers: [],
      ...said,
      six_points_mm: body(14),
      points_by: null,
    })
  })

  it('keeps the modifiers of a class that the sitting keeps', () => {
    const one = entry('x', 'grade', 7, { ao_class: 'A3', ao_neurology: 'N2', ao_modifiers: ['M1'] }, {})
    const said = { grade_reader: 2 as const, shape_reader: 'wedge' as const, not_graded_reason: null }
    const edited = (ao_class: 'A3' | 'B2') => editedFinding(one, { points: null, by: null, finding: { ...said, ao_class } })
    expect(edited('A3')).toMatchObject({ ao_neurology: 'N2', ao_modifiers: ['M1'] })
    expect(edited('B2')).toMatchObject({ ao_neurology: null, ao_modifiers: [] })
  })
})

describe('masks of a vertebra', () => {
  const apart = { a_name: '', b_name: '', dice: 0.7, hd95_mm: 4, n_uncertain: 9, n_masks: 2, settled: null }
  const finding = { id: '1', taken: 'a', basis: 'a', by: 'Ada', at: '', remark: '', finding: aFinding(1, 'T7') } as const
  const masks = { id: '2', taken: 'fused', basis: 'fused', by: 'Ada', at: '', remark: '' } as const

  it('are asked for once the finding is settled, and taken back first', () => {
    const both = { ...entry('x', 'grade', 1), masks: apart }
    expect([asksFinding(both), asksMasks(both), lastSettled(both)]).toEqual([true, false, null])
    const half = { ...both, settled: finding }
    expect([asksFinding(half), asksMasks(half), lastSettled(half)]).toEqual([false, true, 'finding'])
    expect(questionOf(half)).toBe('masks')
    const done = { ...half, masks: { ...apart, settled: masks }, open: false }
    expect([asksMasks(done), lastSettled(done), openOnes([done])]).toEqual([false, 'masks', []])
  })

  it('stand alone where the findings agree', () => {
    const alone = { ...entry('x', 'masks', 1), masks: apart, settled: { ...finding, taken: 'agreed' as const } }
    expect([asksFinding(alone), asksMasks(alone), lastSettled(alone)]).toEqual([false, true, null])
    expect(openOnes([alone])).toEqual([alone])
  })

  it('are asked for among the others where only threshold noise was confirmed', () => {
    const noise = { ...entry('x', 'threshold', 1), masks: apart, settled: finding }
    expect([openOnes([noise]).length, thresholdOnes([noise]).length]).toEqual([1, 0])
  })
})

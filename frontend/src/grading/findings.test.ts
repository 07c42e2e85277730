import { describe, expect, it } from 'vitest'
import { aFinding } from './aFinding'
import {
  aoChange,
  aoWords,
  deformityChange,
  gradeChange,
  isGradable,
  missing,
  modifierChange,
  notGradedChange,
  othersNormal,
  progress,
  rowState,
  shapeChange,
  withChange,
} from './findings'
import { expectedHeights } from './neighbours'

describe('what is missing', () => {
  const findings = [
    aFinding(1, 'C7'),
    aFinding(2, 'T1', { grade_reader: 0, touched: true }),
    aFinding(3, 'T2'),
    aFinding(4, 'T3', { not_graded_reason: 'artefact', touched: true }),
    aFinding(5, 'T4', { touched: true }),
    aFinding(6, 'T5'),
  ]

  it('asks for no grade of the neck and counts only what can be graded', () => {
    expect(missing(findings).map((finding) => finding.number)).toEqual([3, 5, 6])
    expect(progress(findings)).toEqual({ done: 2, of: 5 })
    expect(['C2', 'S1', 'Co'].some(isGradable)).toBe(false)
    expect(['T13', 'T4', 'L6', null].every(isGradable)).toBe(true)
  })

  it('calls only untouched vertebrae normal that were on screen', () => {
    expect(othersNormal(findings, new Set([1, 2, 3, 4, 5]))).toEqual({ numbers: [3], unseen: [6] })
  })

  it('tells graded, not graded, open and untouched apart', () => {
    expect(findings.map(rowState)).toEqual(['untouched', 'graded', 'untouched', 'not_graded', 'open', 'untouched'])
  })
})

describe('what a key changes', () => {
  it('sets a grade, and the same key takes it back', () => {
    const plain = aFinding(1, 'T7', { not_graded_reason: 'artefact' })
    expect(gradeChange(plain, 2)).toEqual({
      grade_reader: 2,
      not_graded_reason: null,
      shape_reader: null,
    })
    const graded = aFinding(1, 'T7', { grade_reader: 2, shape_reader: 'wedge' })
    expect(gradeChange(graded, 2)).toEqual({ grade_reader: null, shape_reader: null })
    expect(gradeChange(graded, 3)).toMatchObject({ grade_reader: 3, shape_reader: 'wedge' })
    expect(gradeChange(graded, 0)).toMatchObject({ grade_reader: 0, shape_reader: null })
  })

  it('knows no shape of a normal or an ungraded vertebra', () => {
    expect(shapeChange(aFinding(1, 'T7', { grade_reader: 0 }), 'wedge')).toBeNull()
    expect(shapeChange(aFinding(1, 'T7', { not_graded_reason: 'artefact' }), 'wedge')).toBeNull()
    expect(shapeChange(aFinding(1, 'T7', { grade_reader: 1 }), 'crush')).toEqual({
      shape_reader: 'crush',
    })
  })

  it('takes grade and shape away with a reason for no grade', () => {
    const graded = aFinding(1, 'T7', { grade_reader: 2, shape_reader: 'wedge' })
    const after = withChange([graded], 1, notGradedChange(graded, 'artefact'))[0]
    expect(after).toMatchObject({
      grade_reader: null,
      shape_reader: null,
      not_graded_reason: 'artefact',
      touched: true,
    })
  })

  it('makes the grade 0 with a deformity that is no fracture, and leaves it when it goes', () => {
    const graded = aFinding(1, 'T7', { grade_reader: 1, shape_reader: 'wedge' })
    expect(deformityChange(graded, 'schmorl')).toEqual({
      deformity: ['schmorl'],
      grade_reader: 0,
      shape_reader: null,
    })
    const with_ = aFinding(1, 'T7', { grade_reader: 0, deformity: ['schmorl'] })
    expect(deformityChange(with_, 'schmorl')).toEqual({ deformity: [] })
  })
})

describe('heights the neighbours let expect', () => {
  const at = (number: number, level: string, heights: [number, number, number], said = {}) =>
    aFinding(number, level, { heights_mm: heights, ...said })

  it('are the mean of the nearest above and below', () => {
    const spine = [at(1, 'T6', [18, 19, 19]), at(2, 'T7', [17, 15, 19]), at(3, 'T8', [19, 20, 19])]
    expect(expectedHeights(spine, 2)).toMatchObject({ heightsMm: [18.5, 19.5, 19], sources: [spine[0], spine[2]] })
  })

  it('step over a fracture, but not over two levels, and not to another region', () => {
    const broken = { grade_reader: 2 as const }
    const spine = [
      at(1, 'T11', [20, 20, 20]),
      at(2, 'T12', [12, 18, 20], { grade_measured: 2 }),
      at(3, 'L1', [14, 14, 14]),
      at(4, 'L2', [13, 20, 21], broken),
      at(5, 'L3', [24, 24, 24]),
    ]
    expect(expectedHeights(spine, 3)).toMatchObject({ heightsMm: [24, 24, 24], sources: [spine[4]], oneSided: true, extended: true })
  })

  it('are unknown without a valid neighbour', () => {
    const spine = [
      at(1, 'T6', [18, 19, 19], { foreign_material: ['pmma'] }),
      at(2, 'T7', [17, 15, 19]),
      at(3, 'T8', [19, 20, 19], { not_graded_reason: 'partially_visible' }),
    ]
    expect(expectedHeights(spine, 2)).toBeNull()
  })
})

describe('an AO class and its modifiers', () => {
  const said = aFinding(1, 'L1', { ao_class: 'A3', ao_neurology: 'N2', ao_modifiers: ['M2'] })

  it('is written as one, modifiers in their order', () => {
    const both = { ...said, ...modifierChange(said, 'M1') }
    expect(aoWords(both)).toBe('A3; N2; M1; M2')
    expect(modifierChange(both, 'M2')).toEqual({ ao_modifiers: ['M1'] })
    expect(aoWords(null)).toBe('')
  })

  it('goes with its modifiers, which stay when the class is another', () => {
    expect(aoChange(said, 'A3')).toEqual({ ao_class: null, ao_neurology: null, ao_modifiers: [] })
    expect(aoChange(said, 'B2')).toEqual({ ao_class: 'B2' })
  })
})

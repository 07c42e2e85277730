import { describe, expect, it } from 'vitest'
import type { Finding } from '../api/types'
import type { Heights } from '../domain/genant'
import { aFinding } from './aFinding'
import { contradictionsOf } from './coherence'
import type { Expected } from './neighbours'

const at = (heights: Heights, said: Partial<Finding> = {}) => aFinding(7, 'T7', { heights_mm: [...heights], ...said })
const beside = (mask: Heights | null = null, expected: Heights | null = null, isWithheld = false) => ({
  mask,
  expected: expected && ({ heightsMm: expected, sources: [], oneSided: false, extended: false, scaled: false } as Expected),
  convention: 'loss20_25_40',
  isWithheld,
})

describe('contradictions', () => {
  it('none where all agree', () => {
    expect(contradictionsOf(at([20, 19, 21], { grade_reader: 0 }), beside([20.5, 19.2, 21], [20, 20, 20]))).toEqual([])
  })

  it('a ratio more than 0.10 apart, and each height more than 3 mm apart', () => {
    const found = contradictionsOf(at([20, 19, 21]), beside([15, 18, 21.5]))
    expect(found.map(({ kind }) => kind)).toEqual(['ratio', 'height'])
    expect(found[1]).toEqual({ kind: 'height', segment: 'anterior', mask: 15, points: 20 })
    expect(contradictionsOf(at([20, 18, 20]), beside([17, 17, 20]))).toEqual([])
    expect(contradictionsOf(at([20, 20, 20]), beside([16.9, 20, 20])).map(({ kind }) => kind)).toEqual(['ratio', 'height'])
  })

  it('a grade that neither the own maximum nor the neighbours measure', () => {
    expect(contradictionsOf(at([14, 18, 20], { grade_reader: 0 }), beside())).toEqual([
      { kind: 'grade', said: 0, measured: 2 },
    ])
    expect(contradictionsOf(at([20, 20, 20], { grade_reader: 2 }), beside())).toEqual([
      { kind: 'grade', said: 2, measured: 0 },
    ])
  })

  it('a uniform crush is explained by the neighbours', () => {
    const crush = at([14, 14, 14.2], { grade_reader: 2, shape_reader: 'crush' })
    expect(contradictionsOf(crush, beside(null, [19, 18, 20]))).toEqual([])
    expect(contradictionsOf(crush, beside())).toEqual([{ kind: 'grade', said: 2, measured: 0 }])
  })

  it('a shape against the losses', () => {
    const said = { grade_reader: 2, shape_reader: 'biconcave' } as const
    expect(contradictionsOf(at([15, 18, 20], said), beside())).toEqual([
      { kind: 'shape', said: 'biconcave', measured: 'wedge' },
    ])
  })

  it('a deformity that is no fracture explains a loss; a coarse picture measures no grade', () => {
    const said = { grade_reader: 0, deformity: ['schmorl'] } as const
    expect(contradictionsOf(at([14, 18, 20], { ...said, deformity: [...said.deformity] }), beside())).toEqual([])
    expect(contradictionsOf(at([14, 18, 20], { grade_reader: 0 }), beside(null, null, true))).toEqual([])
    expect(contradictionsOf(aFinding(7, 'T7', { heights_mm: null }), beside([1, 2, 3]))).toEqual([])
  })
})

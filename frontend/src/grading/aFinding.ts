/** Makes a finding for tests: an untouched vertebra with healthy heights unless told otherwise. */
import type { Finding } from '../api/types'

export function aFinding(number: number, level: string | null, said: Partial<Finding> = {}): Finding {
  return {
    number,
    level,
    six_points_mm: null,
    points_by: null,
    heights_mm: [20, 19, 21],
    g: 19 / 21,
    grade_measured: 0,
    shape_measured: 'none',
    grade_reader: null,
    shape_reader: null,
    not_graded_reason: null,
    deformity: [],
    foreign_material: [],
    ao_class: null,
    ao_neurology: null,
    ao_modifiers: [],
    slice_first: null,
    slice_last: null,
    confidence: null,
    remark: '',
    touched: false,
    ...said,
  }
}

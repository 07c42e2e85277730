/** What a reader has said about each vertebra, and what a key changes. Pure: nothing is sent here. */
import type { Finding, NotGraded } from '../api/types'
import { isGraded } from '../domain/vertebrae'

export type Grade = 0 | 1 | 2 | 3
export type GradedShape = 'wedge' | 'biconcave' | 'crush'
export type Change = Partial<Finding>
export type RowState = 'graded' | 'not_graded' | 'untouched' | 'open'

export const NOT_GRADED_REASONS: readonly NotGraded[] = [
  'cervical',
  'partially_visible',
  'foreign_material_obscures',
  'fused_or_ankylosed_unmeasurable',
  'artefact',
  'metastasis_or_tumour',
  'transitional_uncertain',
  'not_assessed',
]

export const DEFORMITIES = [
  'scheuermann',
  'schmorl',
  'developmental_wedge',
  'short_vertebra',
  'degenerative_remodelling',
  'limbus',
  'haemangioma',
  'cupid_bow',
  'congenital',
  'other',
] as const

/** By rising severity. */
export const AO_CLASSES = ['A0', 'A1', 'A2', 'A3', 'A4', 'B1', 'B2', 'B3', 'C'] as const
export type AoClass = (typeof AO_CLASSES)[number]

/** Neurological status and further modifiers that stand beside a class. */
export const AO_NEUROLOGY = ['N0', 'N1', 'N2', 'N3', 'N4', 'NX'] as const
export const AO_MODIFIERS = ['M1', 'M2'] as const

export const MATERIALS = ['pmma', 'screw_rod', 'cage', 'vertebral_replacement', 'other'] as const

/** Fractures are graded at thoracic and lumbar levels only; a vertebra without a name may be graded. */
export function isGradable(level: string | null): boolean {
  return level === null || isGraded(level)
}

/** A protocol may have the neck graded too; elsewhere its vertebrae begin as not graded. */
export function mayGrade(finding: Pick<Finding, 'not_graded_reason'>): boolean {
  return finding.not_graded_reason !== 'cervical'
}

/** `open` has been touched but says neither a grade nor why there is none. */
export function rowState(finding: Finding): RowState {
  if (finding.grade_reader !== null) return 'graded'
  if (finding.not_graded_reason !== null) return 'not_graded'
  return finding.touched ? 'open' : 'untouched'
}

export function isDecided(finding: Finding): boolean {
  return finding.grade_reader !== null || finding.not_graded_reason !== null
}

/** Vertebrae that need a grade or a reason before the reading can be submitted. */
export function missing(findings: readonly Finding[]): Finding[] {
  return findings.filter((finding) => isGradable(finding.level) && !isDecided(finding))
}

/** A fracture wants a shape; it may be submitted without, and the page says so. */
export function withoutShape(findings: readonly Finding[]): Finding[] {
  return findings.filter((finding) => (finding.grade_reader ?? 0) > 0 && !finding.shape_reader)
}

export function progress(findings: readonly Finding[]): { done: number; of: number } {
  const gradable = findings.filter((finding) => isGradable(finding.level))
  return { done: gradable.filter(isDecided).length, of: gradable.length }
}

/** Who "all others normal" speaks for: gradable, undecided, and on screen before. */
export function othersNormal(
  findings: readonly Finding[],
  seen: ReadonlySet<number>,
): { numbers: number[]; unseen: number[] } {
  const undecided = missing(findings).filter((finding) => rowState(finding) === 'untouched')
  return {
    numbers: undecided.filter((f) => seen.has(f.number)).map((f) => f.number),
    unseen: undecided.filter((f) => !seen.has(f.number)).map((f) => f.number),
  }
}

/** The same grade key again takes the grade back. */
export function gradeChange(finding: Finding, grade: Grade): Change {
  if (finding.grade_reader === grade) return { grade_reader: null, shape_reader: null }
  return {
    grade_reader: grade,
    not_graded_reason: null,
    shape_reader: grade === 0 ? null : finding.shape_reader,
    ...(grade === 0 && finding.ao_class === null ? NO_SLICES : {}),
  }
}

const NO_SLICES = { slice_first: null, slice_last: null }

/** Null where a shape says nothing: grade 0 and vertebrae that are not graded have none. */
export function shapeChange(finding: Finding, shape: GradedShape): Change | null {
  if (finding.grade_reader === 0 || finding.not_graded_reason !== null) return null
  return { shape_reader: finding.shape_reader === shape ? null : shape }
}

export function notGradedChange(finding: Finding, reason: NotGraded): Change {
  if (finding.not_graded_reason === reason) return { not_graded_reason: null }
  return { not_graded_reason: reason, grade_reader: null, shape_reader: null }
}

/** A deformity that is no fracture makes the grade 0; a later grade key may overrule that. */
export function deformityChange(finding: Finding, name: string): Change {
  const deformity = toggled(finding.deformity, name)
  const added = deformity.length > finding.deformity.length
  if (!added || finding.not_graded_reason !== null) return { deformity }
  return { deformity, grade_reader: 0, shape_reader: null }
}

export function materialChange(finding: Finding, name: string): Change {
  return { foreign_material: toggled(finding.foreign_material, name) }
}

/** The same class again takes it back, and its modifiers with it. */
export function aoChange(finding: Finding, ao: AoClass): Change {
  return finding.ao_class === ao ? { ao_class: null, ao_neurology: null, ao_modifiers: [] } : { ao_class: ao }
}

/** The same status again takes it back. */
export function neurologyChange(finding: Finding, status: (typeof AO_NEUROLOGY)[number]): Change {
  return { ao_neurology: finding.ao_neurology === status ? null : status }
}

export function modifierChange(finding: Finding, name: (typeof AO_MODIFIERS)[number]): Change {
  return { ao_modifiers: AO_MODIFIERS.filter((one) => (one === name) !== finding.ao_modifiers.includes(one)) }
}

/** The class with its modifiers as it is written, empty without one. */
export function aoWords(finding: Pick<Finding, 'ao_class' | 'ao_neurology' | 'ao_modifiers'> | null): string {
  return [finding?.ao_class, finding?.ao_neurology, ...(finding?.ao_modifiers ?? [])].filter(Boolean).join('; ')
}

/** Sets the first or last slice of the fracture; the other end goes where it would lie on the wrong side. */
export function sliceChange(finding: Finding, end: 'first' | 'last', k: number): Change {
  if (end === 'first') {
    const isBehind = finding.slice_last !== null && k > finding.slice_last
    return { slice_first: finding.slice_first === k ? null : k, ...(isBehind ? { slice_last: null } : {}) }
  }
  const isBefore = finding.slice_first !== null && k < finding.slice_first
  return { slice_last: finding.slice_last === k ? null : k, ...(isBefore ? { slice_first: null } : {}) }
}

/** Only a fracture has slices: by its grade, or by its class. */
export function mayHaveSlices(finding: Finding): boolean {
  return finding.not_graded_reason === null && (finding.grade_reader !== 0 || finding.ao_class !== null)
}

export function confidenceChange(finding: Finding, confidence: 'sure' | 'unsure'): Change {
  return { confidence: finding.confidence === confidence ? null : confidence }
}

function toggled(list: readonly string[], name: string): string[] {
  return list.includes(name) ? list.filter((entry) => entry !== name) : [...list, name]
}

/** The findings with one changed; whatever a reader changes counts as touched. */
export function withChange(findings: readonly Finding[], number: number, change: Change): Finding[] {
  return findings.map((finding) => (finding.number === number ? { ...finding, ...change, touched: true } : finding))
}

/** Two readings of one vertebra side by side. Readers are A and B, never names. */
import type { TFunction } from 'i18next'
import type { ConsensusOut, DisagreementOut, Finding, SettlementOut } from '../api/types'
import { conventionOf, measurePoints } from '../domain/genant'
import type { Measurement } from '../domain/genant'
import type { Origins } from '../viewer/sixPoints/origins'
import type { SixPoints } from '../viewer/sixPoints/plane'

type MaskSettlement = NonNullable<NonNullable<DisagreementOut['masks']>['settled']>

/** A difference this small in G around a limit is measurement noise (between experts about 0.04). */
export const NOISE_G = 0.05

export interface HeightRow {
  readonly segment: 'anterior' | 'middle' | 'posterior'
  readonly a: number | null
  readonly b: number | null
  /** Distance of the two, never negative; null unless both are known. */
  readonly difference: number | null
}

const SEGMENTS = ['anterior', 'middle', 'posterior'] as const

export function distance(a: number | null | undefined, b: number | null | undefined): number | null {
  return a == null || b == null ? null : Math.abs(a - b)
}

export function heightRows(a: Finding | null, b: Finding | null): HeightRow[] {
  return SEGMENTS.map((segment, index) => {
    const ours = a?.heights_mm?.[index] ?? null
    const theirs = b?.heights_mm?.[index] ?? null
    return { segment, a: ours, b: theirs, difference: distance(ours, theirs) }
  })
}

/** Less than this is not shown as a difference: heights are written with one decimal. */
const SHOWN_MM = 0.05

/** The row in which the readers are furthest apart; null where they are nowhere apart. */
export function widestRow(rows: readonly HeightRow[]): (HeightRow & { readonly difference: number }) | null {
  let widest: (HeightRow & { readonly difference: number }) | null = null
  for (const row of rows) {
    if (row.difference === null || row.difference < SHOWN_MM) continue
    if (widest === null || row.difference > widest.difference) widest = { ...row, difference: row.difference }
  }
  return widest
}

/** Point by point mean of two readings; null unless both have points. */
export function meanPoints(a: Finding | null, b: Finding | null): SixPoints | null {
  const ours = a?.six_points_mm
  const theirs = b?.six_points_mm
  if (!ours || !theirs) return null
  return ours.map((segment, s) =>
    segment.map((point, e) => point.map((value, axis) => (value + (theirs[s]?.[e]?.[axis] ?? Number.NaN)) / 2)),
  )
}

/** What the mean of both sets of points measures; null where there is no mean. */
export function meanMeasured(a: Finding | null, b: Finding | null, convention: string): Measurement | null {
  const points = meanPoints(a, b)
  return points === null ? null : measurePoints(points, conventionOf(convention))
}

/** Still to settle by looking: the open ones that are no threshold noise, worst first. */
export function openOnes(disagreements: readonly DisagreementOut[]): DisagreementOut[] {
  const isNoise = (entry: DisagreementOut) => entry.kind === 'threshold' && entry.settled === null
  return disagreements.filter((entry) => entry.open && !isNoise(entry)).sort(byConsequence)
}

/** Differences of less than NOISE_G around a limit: confirmed together. */
export function thresholdOnes(disagreements: readonly DisagreementOut[]): DisagreementOut[] {
  return disagreements.filter((entry) => entry.settled === null && entry.kind === 'threshold').sort(byConsequence)
}

export function settledOnes(disagreements: readonly DisagreementOut[]): DisagreementOut[] {
  return disagreements.filter((entry) => !entry.open).sort(byConsequence)
}

/** The findings are to be settled now. */
export const asksFinding = (entry: DisagreementOut): boolean => entry.kind !== 'masks' && entry.settled === null

/** The masks are to be settled now: a finding on the same vertebra comes first. */
export const asksMasks = (entry: DisagreementOut): boolean => entry.masks !== null && entry.masks.settled === null && !asksFinding(entry)

/** What would be taken back first; null where nothing of people stands. */
export function lastSettled(entry: DisagreementOut): 'masks' | 'finding' | null {
  if (entry.masks?.settled) return 'masks'
  return entry.kind !== 'masks' && entry.settled !== null ? 'finding' : null
}

function byConsequence(a: DisagreementOut, b: DisagreementOut): number {
  return a.rank - b.rank || a.number - b.number
}

/** The open ones with those put off at the end, in the order in which they were put off. */
export function inTurn(open: readonly DisagreementOut[]): DisagreementOut[] {
  const later = open.filter((entry) => entry.deferred_at !== null)
  later.sort((a, b) => (a.deferred_at ?? '').localeCompare(b.deferred_at ?? ''))
  return [...open.filter((entry) => entry.deferred_at === null), ...later]
}

/** Open ones that wait for whoever else decides: for a third reader, or, as that one sees it, for the two. */
export function splitByDecider(
  open: readonly DisagreementOut[],
  role: ConsensusOut['room']['role'],
): { own: DisagreementOut[]; others: DisagreementOut[] } {
  const isThird = role === 'adjudicator'
  const isOwn = (entry: DisagreementOut) => (entry.asked !== null) === isThird
  return { own: open.filter(isOwn), others: open.filter((entry) => !isOwn(entry)) }
}

export type Question = 'level' | 'marked' | 'fractured' | 'visible' | 'grade' | 'shape' | 'flags' | 'points' | 'limit' | 'masks'

/** What has to be decided, so that the panel can ask it in words. */
export function questionOf(entry: DisagreementOut): Question {
  const a = entry.a?.grade_reader ?? null
  const b = entry.b?.grade_reader ?? null
  if (asksMasks(entry)) return 'masks'
  if (entry.kind === 'presence') return presenceQuestion(entry)
  if (entry.kind === 'threshold') return 'limit'
  if (entry.kind !== 'grade') return entry.kind
  return a !== null && b !== null && a > 0 !== b > 0 ? 'fractured' : 'grade'
}

function presenceQuestion(entry: DisagreementOut): Question {
  if (entry.a === null || entry.b === null) return 'marked'
  return entry.a.level === entry.b.level ? 'visible' : 'level'
}

/** A remark is owed where the outcome is neither reader's. */
export function needsRemark(edited: Pick<Finding, 'grade_reader' | 'shape_reader'>, entry: DisagreementOut): boolean {
  const same = (other: Finding | null) =>
    other !== null && other.grade_reader === edited.grade_reader && other.shape_reader === edited.shape_reader
  return !same(entry.a) && !same(entry.b)
}

type Edited = Pick<Finding, 'grade_reader' | 'shape_reader' | 'not_graded_reason' | 'ao_class'>

/** All that a sitting says with points of its own: what it did not change is reader A's (or B's). */
export function editedFinding(
  entry: DisagreementOut,
  draft: { readonly points: SixPoints | null; readonly by: Origins | null; readonly finding: Edited },
): Partial<Finding> {
  const base = entry.a ?? entry.b
  return {
    level: base?.level ?? entry.level,
    deformity: base?.deformity ?? [],
    foreign_material: base?.foreign_material ?? [],
    confidence: base?.confidence ?? null,
    remark: '',
    ...slicesOf(base, draft.finding),
    ...modifiersOf(base, draft.finding),
    ...draft.finding,
    six_points_mm: draft.points,
    points_by: draft.by,
  }
}

/** Slices of a fracture stay only while there is one. */
function slicesOf(base: Finding | null, said: Edited): Pick<Finding, 'slice_first' | 'slice_last'> {
  const isWhole = said.grade_reader === 0 && said.ao_class === null
  if (isWhole || base === null) return { slice_first: null, slice_last: null }
  return { slice_first: base.slice_first, slice_last: base.slice_last }
}

/** How all of a difference was settled, in words. */
export function howAll(entry: DisagreementOut, t: TFunction): string {
  const of = entry.kind !== 'masks' && entry.settled ? [howOf(entry.settled, t)] : []
  const masks = entry.masks?.settled
  return [...of, ...(masks ? [howOfMasks(masks, t)] : [])].join('; ')
}

/** How the masks were settled, in words. */
export function howOfMasks(settled: MaskSettlement, t: TFunction): string {
  const how = t(`consensus.masks.how.${settled.taken}`)
  return settled.taken === 'adjudicated' ? `${how}: ${t(`consensus.masks.how.${settled.basis}`)}` : how
}

/** Modifiers stand beside the class that they were said of. */
function modifiersOf(base: Finding | null, said: Edited): Pick<Finding, 'ao_neurology' | 'ao_modifiers'> {
  const isKept = base !== null && said.ao_class !== null && base.ao_class === said.ao_class
  return isKept ? { ao_neurology: base.ao_neurology, ao_modifiers: base.ao_modifiers } : { ao_neurology: null, ao_modifiers: [] }
}

/** How a finding was settled, in words; what a third reader took is named too. */
export function howOf(settled: SettlementOut, t: TFunction): string {
  const how = t(`consensus.how.${settled.taken}`)
  return settled.taken === 'adjudicated' ? `${how}: ${t(`consensus.how.${settled.basis}`)}` : how
}

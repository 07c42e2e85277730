import type { ApiError } from '../api/client'
import type { ProtocolSaid } from '../api/types'

export type Arm = ProtocolSaid['arms'][number]
export type Exposure = Arm['exposure']
export const EXPOSURES: readonly Exposure[] = ['shown', 'hidden', 'after_commit']
export const NUMBERS_OF_MASKS = [0, 2, 3] as const
export const LIMITS = ['noise_of_g', 'great_difference_of_g', 'great_distance_mm', 'mask_dice', 'mask_hd95_mm'] as const
export type Limit = (typeof LIMITS)[number]

/** Shares that a person writes in percent; stored as parts of one. */
const SHARES = ['overlap_share', 'repeat_share', 'catch_share'] as const

/** A version as a form holds it: shares in percent, numbers possibly empty while they are typed. */
export type Draft = ProtocolSaid

const rounded = (value: number) => Math.round(value * 1e6) / 1e6

/** The newest version as a form to begin with. */
export function draftOf(said: ProtocolSaid): Draft {
  const percent = Object.fromEntries(SHARES.map((name) => [name, rounded(100 * said[name])]))
  return { ...said, ...percent, arms: said.arms.map((arm) => ({ ...arm })), limits: { ...said.limits } }
}

/** What is sent: only what a version says, shares as parts of one. */
export function saidOf(draft: Draft): ProtocolSaid {
  return {
    convention: draft.convention,
    readers_per_case: draft.readers_per_case,
    overlap_share: rounded(draft.overlap_share / 100),
    proposal_exposure: draft.proposal_exposure,
    arms: draft.arms.map((arm) => ({ ...arm, name: arm.name.trim() })),
    grades_cervical: draft.grades_cervical,
    classifies_ao: draft.classifies_ao,
    repeat_share: rounded(draft.repeat_share / 100),
    repeat_after_days: draft.repeat_after_days,
    catch_share: rounded(draft.catch_share / 100),
    limits: draft.limits,
    adjudicator: draft.adjudicator,
    wash_out_days: draft.wash_out_days,
    way: draft.way,
    due_days: draft.due_days,
    independent_masks: draft.independent_masks,
    masks_begin: draft.masks_begin,
    note: draft.note.trim(),
  }
}

/** Arms after another one is added: the first click makes two, because one is no comparison. */
export function withArm(arms: readonly Arm[]): Arm[] {
  const next = (place: number): Arm => ({
    name: String.fromCharCode(65 + (place % 26)),
    exposure: EXPOSURES[place % 2] as Exposure,
    weight: 1,
  })
  const free = (taken: readonly Arm[]): Arm => {
    let place = taken.length
    while (taken.some((arm) => arm.name === next(place).name)) place += 1
    return { ...next(place), exposure: next(taken.length).exposure }
  }
  const first = arms.length === 0 ? [next(0)] : [...arms]
  return [...first, free(first)]
}

/** Arms after one is taken away; the last one alone goes too. */
export function withoutArm(arms: readonly Arm[], place: number): Arm[] {
  const left = arms.filter((_, at) => at !== place)
  return left.length === 1 ? [] : left
}

/** Share of the readings that each arm gets, 0 to 1. */
export function armShares(arms: readonly Arm[]): number[] {
  const sum = arms.reduce((all, arm) => all + arm.weight, 0)
  return arms.map((arm) => (sum > 0 ? arm.weight / sum : 0))
}

/** What the server says about each field; fields without a remark are absent. */
export function refusalsOf(error: ApiError | null): Record<string, string> {
  const problems = (error?.body.problems ?? []) as { field?: string; message: string }[]
  const fields = (error?.body.fields ?? {}) as Record<string, unknown>
  const named = Object.entries(fields).map(([name, said]) => [name, String(Array.isArray(said) ? said[0] : said)])
  const refused = problems.map((one) => [one.field ?? '', one.message])
  return Object.fromEntries([...named, ...refused].filter(([name]) => name !== ''))
}

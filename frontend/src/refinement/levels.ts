/** What is said about each level on the strip, and in which order levels are worked on. */
import type { Problem, Vertebra } from '../api/types'
import { sizeOutliers } from '../domain/sizes'
import { compareLevels } from '../domain/vertebrae'

export type Mark = 'problem' | 'notice' | 'partial' | 'unsure' | 'open' | 'done'

export interface LevelRow {
  readonly number: number
  readonly level: string | null
  readonly mark: Mark
  /** The problem that stops submission, or else the first worth knowing. */
  readonly problem: Problem | null
  /** Its size as a share of its neighbours', where that is unusual. */
  readonly sizeShare: number | null
  /** The model's, 0 to 1; null where a person made it. */
  readonly confidence: number | null
  readonly middleMm: [number, number, number] | null
}

/** Confidence below which the model's own doubt is worth a look first. */
const UNSURE_BELOW = 0.6
const RANK: Record<Mark, number> = { problem: 0, notice: 1, partial: 2, unsure: 3, open: 4, done: 5 }

function markOf(vertebra: Vertebra, problem: Problem | null, isOdd: boolean, isDone: boolean): Mark {
  if (problem?.blocking) return 'problem'
  if (isDone) return 'done'
  if (vertebra.is_partial) return 'partial'
  if (problem || isOdd) return 'notice'
  return vertebra.confidence !== null && vertebra.confidence < UNSURE_BELOW ? 'unsure' : 'open'
}

/**
 * The vertebrae as acts have left them: levels as on screen, new ones added, those without level and
 * voxels left out.
 */
export function vertebraeNow(known: readonly Vertebra[], levels: ReadonlyMap<number, string | null>, painted: { has: (number: number) => boolean }): Vertebra[] {
  const byNumber = new Map(known.map((one) => [one.number, one]))
  return [...levels]
    .filter(([number, level]) => level !== null || painted.has(number))
    .map(([number, level]) => ({ ...(byNumber.get(number) ?? newVertebra(number)), level }))
}

const newVertebra = (number: number): Vertebra => ({
  number, uuid: '', level: null, counted_from: 'assumed', centroid_mm: null, confidence: null, is_partial: false,
})

export type Order = 'worst' | 'anatomy'

export interface Spoken {
  readonly vertebrae: readonly Vertebra[]
  readonly problems: readonly Problem[]
  readonly done: ReadonlySet<number>
  /** Voxels and middle of each vertebra as painted, by number; the model's centroid goes first. */
  readonly stats: ReadonlyMap<number, { readonly voxels: number; readonly middleMm: readonly [number, number, number] }>
}

/** One row per vertebra. */
export function levelRows({ vertebrae, problems, done, stats }: Spoken, order: Order): LevelRow[] {
  const shares = sizeOutliers(new Map(vertebrae.map((one) => [one.number, { level: one.level, voxels: stats.get(one.number)?.voxels ?? 0, isPartial: one.is_partial }])))
  const rows = vertebrae.map((vertebra): LevelRow => {
    const own = problems.filter((one) => one.number === vertebra.number)
    const problem = own.find((one) => one.blocking) ?? own[0] ?? null
    const middle = vertebra.centroid_mm ?? stats.get(vertebra.number)?.middleMm ?? null
    const sizeShare = shares.get(vertebra.number) ?? null
    return {
      number: vertebra.number,
      level: vertebra.level,
      mark: markOf(vertebra, problem, sizeShare !== null, done.has(vertebra.number)),
      problem,
      sizeShare,
      confidence: vertebra.confidence,
      middleMm: middle && [...middle],
    }
  })
  const byAnatomy = (a: LevelRow, b: LevelRow) => compareLevels(a.level, b.level) || a.number - b.number
  if (order === 'anatomy') return rows.sort(byAnatomy)
  return rows.sort((a, b) => RANK[a.mark] - RANK[b.mark] || byAnatomy(a, b))
}

/** The row `steps` after the active one; the first or last where none is active. */
export function neighbour(rows: readonly LevelRow[], active: number, steps: 1 | -1): LevelRow | null {
  const at = rows.findIndex((row) => row.number === active)
  if (at < 0) return (steps > 0 ? rows[0] : rows.at(-1)) ?? null
  return rows[Math.min(Math.max(at + steps, 0), rows.length - 1)] ?? null
}

const DIGIT_PAUSE_MS = 700

/**
 * Digits as they are typed: "3" is the third level of the list, and "1" "2" within a moment the twelfth.
 * Returns a function of the digit and the clock that gives the place, from 0.
 */
export function digitsTyped(): (digit: string, now: number) => number {
  let typed = ''
  let last = Number.NEGATIVE_INFINITY
  return (digit, now) => {
    typed = (now - last < DIGIT_PAUSE_MS ? typed : '') + digit
    last = now
    return Number(typed) - 1
  }
}

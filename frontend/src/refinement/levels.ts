/** What is said about each level on the strip, and in which order levels are worked on. */
import type { Problem, Vertebra } from '../api/types'
import { compareLevels } from '../domain/vertebrae'

export type Mark = 'problem' | 'partial' | 'unsure' | 'open' | 'done'

export interface LevelRow {
  readonly number: number
  readonly level: string | null
  readonly mark: Mark
  /** The blocking problem, where the mark is one. */
  readonly problem: Problem | null
  readonly middleMm: [number, number, number] | null
}

/** Confidence below which the model's own doubt is worth a look first. */
const UNSURE_BELOW = 0.6
const RANK: Record<Mark, number> = { problem: 0, partial: 1, unsure: 2, open: 3, done: 4 }

function markOf(vertebra: Vertebra, problem: Problem | null, isDone: boolean): Mark {
  if (problem) return 'problem'
  if (isDone) return 'done'
  if (vertebra.is_partial) return 'partial'
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

/**
 * One row per vertebra.
 *
 * @param middles middle of each vertebra's voxels, by number; the model's centroid stands in.
 */
export function levelRows(
  vertebrae: readonly Vertebra[],
  problems: readonly Problem[],
  done: ReadonlySet<number>,
  middles: ReadonlyMap<number, readonly [number, number, number]>,
  order: Order,
): LevelRow[] {
  const rows = vertebrae.map((vertebra): LevelRow => {
    const problem = problems.find((one) => one.blocking && one.number === vertebra.number) ?? null
    const middle = vertebra.centroid_mm ?? middles.get(vertebra.number) ?? null
    return {
      number: vertebra.number,
      level: vertebra.level,
      mark: markOf(vertebra, problem, done.has(vertebra.number)),
      problem,
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

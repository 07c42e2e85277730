/** What the figures of an agreement report say in words and rows; pure. */
import type { Agreement, AgreementRow, LevelAgreement } from '../api/types'

/** Wider than this, an interval of kappa says too little to judge by. */
const WIDE_INTERVAL = 0.4
const GOOD_KAPPA = 0.8
const FAIR_KAPPA = 0.6
/** Fewer vertebrae at a level give a share that is mostly chance. */
const FEWEST_AT_A_LEVEL = 5

export interface PartRow {
  readonly group: string
  readonly n: number
  readonly same: AgreementRow | null
  readonly kappa: AgreementRow | null
  /** Quadratic weights; for patients, who have no grades, the plain one. */
  readonly weighted: AgreementRow | null
}

interface Wanted {
  readonly group: string
  readonly of: string
  readonly statistic: string
  readonly readers: readonly string[]
}

/** One statistic of a report, or null. */
export function find(rows: readonly AgreementRow[], wanted: Wanted): AgreementRow | null {
  const names = wanted.readers.join()
  const isIt = (row: AgreementRow) =>
    row.group === wanted.group && row.of === wanted.of && row.statistic === wanted.statistic && row.readers.join() === names
  return rows.find(isIt) ?? null
}

/** The parts of the spine that a pair read, from cranial to caudal, all first and patients last. */
export function partsOf(report: Agreement, readers: readonly string[]): PartRow[] {
  const groups = [...new Set(report.rows.map((row) => row.group))].filter((group) => group === 'all' || group === 'patients' || group.includes('–'))
  return groups
    .map((group) => {
      const of = group === 'patients' ? 'fracture' : 'grade'
      const row = (statistic: string) => find(report.rows, { group, of, statistic, readers })
      const same = row('agreement')
      return { group, n: same?.n_units ?? 0, same, kappa: row('kappa unweighted'), weighted: row('kappa quadratic') }
    })
    .filter((part) => part.n > 0)
}

export type Verdict = 'none' | 'unsure' | 'good' | 'fair' | 'poor'

/** How well grades agree, by the lower end of the interval, since the value alone flatters. */
export function verdictOf(all: AgreementRow | null): Verdict {
  if (all?.value == null) return 'none'
  if (all.low === null || all.high === null || all.high - all.low > WIDE_INTERVAL) return 'unsure'
  if (all.low >= GOOD_KAPPA) return 'good'
  return all.low >= FAIR_KAPPA ? 'fair' : 'poor'
}

/** The levels at which most grades differ, two at most, worst first. */
export function worstLevels(levels: readonly LevelAgreement[]): LevelAgreement[] {
  const share = (one: LevelAgreement) => one.n_different / one.n
  return levels
    .filter((one) => one.n >= FEWEST_AT_A_LEVEL && one.n_different > 0)
    .sort((a, b) => share(b) - share(a) || b.n - a.n)
    .slice(0, 2)
}

/** Grades that differ in a confusion table, by how far apart. */
export function differing(table: readonly (readonly number[])[]): { total: number; apart: readonly [number, number, number, number] } {
  const apart: [number, number, number, number] = [0, 0, 0, 0]
  table.forEach((row, a) => row.forEach((n, b) => (apart[Math.abs(a - b)] = (apart[Math.abs(a - b)] ?? 0) + n)))
  return { total: apart[0] + apart[1] + apart[2] + apart[3], apart }
}

const NARROWEST = 1e-6

/** Round numbers that span a range, for the marks of an axis; a single value lies amid a range of 1. */
export function marksOf(low: number, high: number, wanted = 5): number[] {
  if (high - low < NARROWEST) return marksOf(low - 0.5, low + 0.5, wanted)
  const rough = (high - low) / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10)
  const first = Math.floor(low / step)
  const last = Math.ceil(high / step)
  return Array.from({ length: last - first + 1 }, (_, place) => (first + place) * step)
}

/** Statistics of all readers together for one part of the spine, and the parts there are. */
export function jointOf(report: Agreement, group: string): { groups: string[]; rows: AgreementRow[] } {
  const joint = report.rows.filter((row) => row.readers.length === 0)
  const groups = [...new Set(joint.filter((row) => row.n_units > 0).map((row) => row.group))]
  const shown = groups.includes(group) ? group : 'all'
  return { groups, rows: joint.filter((row) => row.group === shown && row.n_units > 0) }
}

import type { ImportFinding } from '../api/types'

export const FILTERS = ['all', 'accepted', 'note', 'refused'] as const
export type Filter = (typeof FILTERS)[number]
export type Result = Exclude<Filter, 'all'>

/** The code of a series that was taken as it came. */
const PLAIN = 'ACCEPTED'

/** How a series fared: accepted, accepted with something to know, or refused. */
export function resultOf(finding: ImportFinding): Result {
  if (!finding.accepted) return 'refused'
  return finding.duplicate || finding.code !== PLAIN ? 'note' : 'accepted'
}

export const filtered = (findings: readonly ImportFinding[], filter: Filter) =>
  findings.filter((finding) => filter === 'all' || resultOf(finding) === filter)

/** Number of cases that a delivery made new. */
export const newCases = (findings: readonly ImportFinding[]) =>
  new Set(findings.filter((one) => one.accepted && !one.duplicate).flatMap((one) => one.case ?? [])).size

const quoted = (value: string | number) => `"${String(value).replaceAll('"', '""')}"`

/** The findings as a table for a spreadsheet; first row names the columns. */
export function reportCsv(findings: readonly ImportFinding[]): string {
  const head = ['series', 'result', 'code', 'reason', 'place', 'images', 'spacing_mm', 'case']
  const rows = findings.map((one) => [
    one.name, resultOf(one), one.code, one.reason, one.place, one.n_slices,
    (one.spacing_mm ?? []).join(' x '), one.case_code ?? '',
  ])
  return [head, ...rows].map((row) => row.map(quoted).join(',')).join('\r\n')
}

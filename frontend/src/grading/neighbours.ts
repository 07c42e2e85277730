/** Heights that the neighbours let expect, as the findings of one reading tell them. */
import type { Finding } from '../api/types'
import { type Beside, type Expected as Rule, expectedHeights as ruled, type NormalHeights } from '../domain/measures'
import type { Heights } from '../domain/genant'

export interface Expected extends Omit<Rule, 'sources'> {
  /** Vertebrae the expectation comes from, one or two. */
  readonly sources: readonly Finding[]
}

/** The mean of the same heights of the nearest valid vertebra above and below.
 *
 * @param findings from cranial to caudal.
 */
export function expectedHeights(
  findings: readonly Finding[],
  number: number,
  normalMm: NormalHeights = {},
): Expected | null {
  const place = findings.findIndex((finding) => finding.number === number)
  const found = place < 0 ? null : ruled(findings.map(besideOf), place, normalMm)
  return found && { ...found, sources: found.sources.flatMap((source) => findings[source] ?? []) }
}

/** A finding as its neighbours see it: the reader's grade counts before the measured one. */
function besideOf(finding: Finding): Beside {
  const isWhole = finding.not_graded_reason !== 'partially_visible'
  const grade = finding.grade_reader ?? finding.grade_measured
  return {
    level: finding.level,
    heightsMm: finding.heights_mm as Heights | null,
    isValid: isWhole && finding.foreign_material.length === 0 && grade === 0,
  }
}

/** Heights that the neighbours let expect: a uniform crush has G near 1 and only they show it. */
import type { Finding } from '../api/types'
import type { Heights } from '../domain/genant'

const FURTHEST_LEVELS = 2

export interface Expected {
  readonly heightsMm: Heights
  /** Vertebrae the expectation comes from, one or two. */
  readonly sources: readonly Finding[]
}

/** The mean of the same heights of the nearest valid vertebra above and below.
 *
 * Valid means visible, free of foreign material, not fractured in this reading, and of the same
 * region or next across a junction. With one valid side that side stands alone.
 *
 * @param findings from cranial to caudal.
 */
export function expectedHeights(findings: readonly Finding[], number: number): Expected | null {
  const place = findings.findIndex((finding) => finding.number === number)
  if (place < 0) return null
  const sides = [nearest(findings, place, -1), nearest(findings, place, 1)].filter((finding) => finding !== null)
  const heights = sides.map((side) => side.heights_mm).filter((value) => value !== null)
  if (heights.length === 0) return null
  const mean = (index: 0 | 1 | 2) => heights.reduce((sum, value) => sum + (value[index] ?? 0), 0) / heights.length
  return {
    heightsMm: [mean(0), mean(1), mean(2)],
    sources: sides,
  }
}

function nearest(findings: readonly Finding[], place: number, way: 1 | -1): Finding | null {
  for (let step = 1; step <= FURTHEST_LEVELS; step++) {
    const other = findings[place + way * step]
    const self = findings[place]
    if (other === undefined || self === undefined) return null
    const near = region(other) === region(self) || step === 1
    if (near && isValid(other)) return other
  }
  return null
}

function region(finding: Finding): string {
  return finding.level?.charAt(0) ?? ''
}

function isValid(finding: Finding): boolean {
  const grade = finding.grade_reader ?? finding.grade_measured
  return (
    finding.heights_mm !== null &&
    finding.not_graded_reason !== 'partially_visible' &&
    finding.foreign_material.length === 0 &&
    grade === 0
  )
}

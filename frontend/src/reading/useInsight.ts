/** What stands beside the reader's own points: neighbours, normal heights, the mask, and contradictions. */
import { useMemo } from 'react'
import type { CaseDetail, Finding, Normals } from '../api/types'
import type { LengthFrame } from '../domain/format'
import { type Contradiction, contradictionsOf } from '../grading/coherence'
import { type Expected, expectedHeights } from '../grading/neighbours'
import { normalHeights, useNormals } from '../grading/useNormals'
import type { Desk } from './useDesk'
import { type InMask, useMaskHeights } from './useMaskHeights'

export interface Insight {
  readonly expected: Expected | null
  readonly normals: Normals | undefined
  readonly mask: InMask
  readonly frame: LengthFrame
  /** By vertebra number; vertebrae without any are left out. */
  readonly contradictions: ReadonlyMap<number, readonly Contradiction[]>
}

export function useInsight(desk: Desk, detail: CaseDetail, frame: LengthFrame): Insight {
  const normals = useNormals(detail.dataset).data
  const mask = useMaskHeights(detail.id)
  const { findings, active, reading } = desk
  const isWithheld = detail.grade_withheld_reason !== null
  const contradictions = useMemo(() => {
    const normal = normalHeights(normals)
    const of = (finding: Finding) =>
      contradictionsOf(finding, {
        mask: mask.heights.get(finding.number) ?? null,
        expected: expectedHeights(findings, finding.number, normal),
        convention: reading.convention,
        isWithheld,
      })
    const found = findings.map((finding) => [finding.number, of(finding)] as const)
    return new Map(found.filter(([, list]) => list.length > 0))
  }, [findings, normals, mask, reading.convention, isWithheld])
  const expected = active && expectedHeights(findings, active.number, normalHeights(normals))
  return { expected, normals, mask, frame, contradictions }
}

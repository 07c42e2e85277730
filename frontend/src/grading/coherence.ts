/** Where six points, mask and grade of one vertebra contradict each other. They inform; nothing is blocked. */
import type { Finding } from '../api/types'
import { conventionOf, heightRatio, type Heights, measureHeights } from '../domain/genant'
import type { Expected } from './neighbours'

/** As far as two experts' G may lie apart (D4 of a consensus). */
const G_APART = 0.1
const HEIGHT_APART_MM = 3
const SEGMENTS = ['anterior', 'middle', 'posterior'] as const

export type Contradiction =
  | { readonly kind: 'ratio'; readonly mask: number; readonly points: number }
  | { readonly kind: 'height'; readonly segment: (typeof SEGMENTS)[number]; readonly mask: number; readonly points: number }
  | { readonly kind: 'grade'; readonly said: number; readonly measured: number }
  | { readonly kind: 'ao'; readonly said: string; readonly posterior: number | null }
  | { readonly kind: 'shape'; readonly said: string; readonly measured: string }

interface Beside {
  /** Heights in the mask; null where none are known. */
  readonly mask: Heights | null
  /** Heights that the neighbours let expect. */
  readonly expected: Expected | null
  readonly convention: string
  /** The picture is too coarse to measure a grade. */
  readonly isWithheld: boolean
}

export function contradictionsOf(finding: Finding, beside: Beside): Contradiction[] {
  const heights = finding.heights_mm
  const wall = withPosteriorWall(finding, beside)
  if (heights === null) return wall
  return [...wall, ...withMask(heights, beside.mask), ...(beside.isWithheld ? [] : withGrade(finding, heights, beside))]
}

const INTACT_WALL: readonly (string | null)[] = ['A1', 'A2']
const POSTERIOR_LOSS = 0.2

/** A1 and A2 leave the posterior wall intact; a crush, or a posterior height lost, says otherwise.
 *
 * The height is compared with what the neighbours let expect: the own highest is often the posterior one.
 */
function withPosteriorWall(finding: Finding, { expected }: Beside): Contradiction[] {
  const said = finding.ao_class
  if (said === null || !INTACT_WALL.includes(said)) return []
  if (finding.shape_reader === 'crush') return [{ kind: 'ao', said, posterior: null }]
  const [own, other] = [finding.heights_mm?.[2], expected?.heightsMm[2]]
  if (own === undefined || other === undefined) return []
  const loss = 1 - own / other
  return loss >= POSTERIOR_LOSS ? [{ kind: 'ao', said, posterior: loss }] : []
}

function withMask(heights: Heights, mask: Heights | null): Contradiction[] {
  if (mask === null) return []
  const [inMask, ofPoints] = [heightRatio(mask), heightRatio(heights)]
  const apart: Contradiction[] = SEGMENTS.flatMap((segment, place) => {
    const [m, p] = [mask[place] as number, heights[place] as number]
    return Math.abs(m - p) > HEIGHT_APART_MM ? [{ kind: 'height' as const, segment, mask: m, points: p }] : []
  })
  if (Math.abs(inMask - ofPoints) > G_APART) apart.unshift({ kind: 'ratio', mask: inMask, points: ofPoints })
  return apart
}

/** The reader's grade and shape against what the heights measure, by the own maximum or by the neighbours.
 *
 * A deformity that is no fracture explains a loss of height.
 */
function withGrade(finding: Finding, heights: Heights, { expected, convention }: Beside): Contradiction[] {
  const said = finding.grade_reader
  if (said === null || finding.deformity.length > 0) return []
  const rules = conventionOf(convention)
  const measures = [measureHeights(heights, null, rules)]
  if (expected !== null) measures.push(measureHeights(heights, expected.heightsMm, rules))
  const worst = measures.reduce((a, b) => (b.grade > a.grade ? b : a))
  if (measures.every(({ grade }) => grade !== said)) return [{ kind: 'grade', said, measured: worst.grade }]
  const shapes = measures.filter(({ grade }) => grade > 0).map(({ shape }) => shape)
  const shape = finding.shape_reader
  if (shape === null || shapes.length === 0 || shapes.some((other) => other === shape)) return []
  return [{ kind: 'shape', said: shape, measured: worst.shape }]
}

/** Heights, height ratio, grade and shape of a vertebral body; the same rules as the server's.
 *
 * Heights are 3-D distances in millimetres; G = min(h) / max(h) (Zakharov et al. 2023,
 * doi:10.1016/j.media.2022.102646). Grades compare G with inclusive limits, G <= t + 1e-9,
 * because 1 - G >= 0.2 mis-grades exact losses in floating point.
 */

export type Shape = 'none' | 'wedge' | 'biconcave' | 'crush'
export type Heights = readonly [number, number, number]

export interface GradeConvention {
  readonly name: string
  /** Inclusive limits on G of grades 1, 2 and 3. */
  readonly limits: readonly [number, number, number]
}

export interface Measurement {
  readonly heightsMm: Heights
  readonly g: number
  readonly grade: number
  readonly shape: Shape
  readonly convention: string
}

export const TOLERANCE = 1e-9
const SHAPE_TOLERANCE = 0.1

export const CONVENTIONS: Readonly<Record<string, GradeConvention>> = {
  loss20_25_40: { name: 'loss20_25_40', limits: [0.8, 0.75, 0.6] },
  zakharov_text: { name: 'zakharov_text', limits: [0.8, 0.74, 0.6] },
}
export const DEFAULT_CONVENTION = 'loss20_25_40'

/** @throws RangeError for a name that stands for no convention. */
export function conventionOf(name: string): GradeConvention {
  const convention = CONVENTIONS[name]
  if (convention === undefined) throw new RangeError(`"${name}" is no grade convention.`)
  return convention
}

/** The grade 0-3 of a height ratio or of one minus a height loss. */
export function gradeOf(convention: GradeConvention, g: number): number {
  return convention.limits.filter((limit) => g <= limit + TOLERANCE).length
}

/** Distances of the three pairs [upper, lower] of points, in the unit of the points. */
export function heightsMm(points: readonly (readonly (readonly number[])[])[]): Heights {
  if (points.length !== 3) throw new RangeError('Six points are three pairs.')
  const [anterior, middle, posterior] = points.map(distance)
  return [anterior ?? 0, middle ?? 0, posterior ?? 0]
}

function distance(pair: readonly (readonly number[])[]): number {
  const [upper, lower] = pair
  if (pair.length !== 2 || upper === undefined || lower?.length !== upper.length) {
    throw new RangeError('A height has an upper and a lower point.')
  }
  const squares = upper.map((value, axis) => (value - (lower[axis] ?? Number.NaN)) ** 2)
  const length = Math.sqrt(squares.reduce((sum, value) => sum + value, 0))
  if (!Number.isFinite(length)) throw new RangeError('A coordinate is not a finite number.')
  return length
}

/** @throws RangeError unless all three heights are positive and finite. */
export function heightRatio(heights: Heights): number {
  if (!heights.every((height) => Number.isFinite(height) && height > 0)) {
    throw new RangeError('A height ratio needs three positive heights.')
  }
  return Math.min(...heights) / Math.max(...heights)
}

/** Height losses against expected heights, or against the own maximum; never below 0. */
export function losses(heights: Heights, expected: Heights | null = null): Heights {
  const own = Math.max(...heights)
  const loss = (index: 0 | 1 | 2) => Math.max(0, 1 - heights[index] / (expected?.[index] ?? own))
  return [loss(0), loss(1), loss(2)]
}

export function measureHeights(
  heights: Heights,
  expected: Heights | null = null,
  convention: GradeConvention = conventionOf(DEFAULT_CONVENTION),
): Measurement {
  const g = heightRatio(heights)
  const loss = losses(heights, expected)
  const grade = gradeOf(convention, expected === null ? g : 1 - Math.max(...loss))
  return {
    heightsMm: heights,
    g,
    grade,
    shape: grade === 0 ? 'none' : shapeOf(loss),
    convention: convention.name,
  }
}

export function measurePoints(
  points: readonly (readonly (readonly number[])[])[],
  convention: GradeConvention = conventionOf(DEFAULT_CONVENTION),
): Measurement {
  return measureHeights(heightsMm(points), null, convention)
}

function shapeOf(loss: Heights): Shape {
  const [anterior, middle, posterior] = loss
  if (posterior >= Math.max(anterior, middle) - TOLERANCE) return 'crush'
  const spread = Math.max(...loss) - Math.min(...loss)
  if (posterior >= 0.2 && spread <= SHAPE_TOLERANCE) return 'crush'
  if (middle >= anterior && Math.abs(anterior - posterior) <= SHAPE_TOLERANCE) return 'biconcave'
  return anterior >= posterior ? 'wedge' : 'crush'
}

import type { Finding } from '../api/types'
import { conventionOf, measurePoints } from '../domain/genant'
import type { PlacedPoints } from '../viewer/sixPoints/origins'

type Measures = Pick<Finding, 'six_points_mm' | 'points_by' | 'heights_mm' | 'g' | 'grade_measured' | 'shape_measured'>

/** What points measure, at once and by the server's own rules; the server's answer replaces it.
 *
 * @param isWithheld no grade is suggested, because the picture is too coarse for one.
 */
export function measured(placed: PlacedPoints | null, convention: string, isWithheld: boolean): Measures {
  const nothing = { heights_mm: null, g: null, grade_measured: null, shape_measured: null }
  if (placed === null) return { six_points_mm: null, points_by: null, ...nothing }
  const kept = { six_points_mm: placed.points, points_by: placed.by }
  try {
    const { heightsMm, g, grade, shape } = measurePoints(placed.points, conventionOf(convention))
    return {
      ...kept,
      heights_mm: [...heightsMm],
      g,
      grade_measured: isWithheld ? null : grade,
      shape_measured: isWithheld ? null : shape,
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { ...kept, ...nothing }
  }
}

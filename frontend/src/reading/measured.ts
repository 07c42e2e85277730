import type { Finding } from '../api/types'
import { conventionOf, measurePoints } from '../domain/genant'
import type { SixPoints } from '../viewer/sixPoints/plane'

type Measures = Pick<Finding, 'six_points_mm' | 'heights_mm' | 'g' | 'grade_measured' | 'shape_measured'>

/** What points measure, at once and by the server's own rules; the server's answer replaces it.
 *
 * @param isWithheld no grade is suggested, because the picture is too coarse for one.
 */
export function measured(points: SixPoints | null, convention: string, isWithheld: boolean): Measures {
  const nothing = { heights_mm: null, g: null, grade_measured: null, shape_measured: null }
  if (points === null) return { six_points_mm: null, ...nothing }
  try {
    const { heightsMm, g, grade, shape } = measurePoints(points, conventionOf(convention))
    return {
      six_points_mm: points,
      heights_mm: [...heightsMm],
      g,
      grade_measured: isWithheld ? null : grade,
      shape_measured: isWithheld ? null : shape,
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { six_points_mm: points, ...nothing }
  }
}

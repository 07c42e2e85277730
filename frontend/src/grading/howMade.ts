/** How each number on the reading screen was made, in words. */
import type { TFunction } from 'i18next'
import type { Finding } from '../api/types'
import { countOrigins } from '../viewer/sixPoints/origins'
import type { PicturePlane } from '../viewer/sixPoints/plane'

/** Who placed the points. */
export function howPlaced(finding: Finding, t: TFunction): string {
  const counts = countOrigins(finding.points_by)
  if (counts.length === 0) return t('reading.made.unknown')
  const parts = counts.map(({ origin, count }) => t('reading.made.points', { count, who: t(`grading.by.${origin}`) }))
  return t('reading.made.placed', { parts: parts.join(', ') })
}

/** How a height comes about, and from whose points. */
export function howHeights(finding: Finding, plane: Pick<PicturePlane, 'kind' | 'frame'>, t: TFunction): string {
  const frame = plane.frame === 'patient_mm' ? plane.kind : plane.frame
  return `${t(`reading.made.height.${frame}`)} ${howPlaced(finding, t)}`
}

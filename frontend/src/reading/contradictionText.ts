import type { TFunction } from 'i18next'
import { formatNumber } from '../domain/format'
import type { Contradiction } from '../grading/coherence'

/** A contradiction as a sentence. */
export function contradictionText(one: Contradiction, level: string, t: TFunction): string {
  switch (one.kind) {
    case 'ratio': {
      const [mask, points] = [formatNumber(one.mask, 2), formatNumber(one.points, 2)]
      return t('reading.contradiction.ratio', { level, mask, points })
    }
    case 'height': {
      const segment = t(`grading.${one.segment}`).toLowerCase()
      const [mask, points] = [formatNumber(one.mask, 1), formatNumber(one.points, 1)]
      return t('reading.contradiction.height', { level, segment, mask, points })
    }
    case 'grade':
      return t('reading.contradiction.grade', { level, said: one.said, measured: one.measured })
    case 'ao': {
      const lost = one.posterior
      const why =
        lost === null
          ? t('reading.contradiction.aoCrush')
          : t('reading.contradiction.aoPosterior', { percent: formatNumber(100 * lost) })
      return t('reading.contradiction.ao', { level, ao: one.said, why })
    }
    case 'shape': {
      const [said, measured] = [t(`grading.shape.${one.said}`), t(`grading.shape.${one.measured}`)]
      return t('reading.contradiction.shape', { level, said, measured })
    }
  }
}

/** How heights are written on a screen: of the patient, of a detector, or as shares of the largest. */
import { createContext, useContext } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail } from '../api/types'
import { formatNumber, hasMillimetres } from '../domain/format'

type Lengths = Pick<CaseDetail, 'frame' | 'spacing_source'>

/** What the lengths of the case on this screen are. */
export const LengthsContext = createContext<Lengths>({ frame: 'patient_mm', spacing_source: null })

/** One of three heights: with one decimal, or, where no spacing is known, in hundredths of the largest. */
export function heightText(heights: readonly number[], place: number, { frame }: Pick<Lengths, 'frame'>): string {
  const height = heights[place]
  if (height === undefined) return '\u2013'
  return hasMillimetres(frame) ? formatNumber(height, 1) : `${formatNumber((100 * height) / Math.max(...heights))} %`
}

/** Three heights, the sign of hundredths once. */
export function rowText(heights: readonly number[], lengths: Pick<Lengths, 'frame'>): string {
  const figures = heights.map((_, place) => heightText(heights, place, lengths))
  return hasMillimetres(lengths.frame) ? figures.join('  ') : `${figures.map((figure) => figure.replace(' %', '')).join('  ')} %`
}

export function useLengths() {
  const { t } = useTranslation()
  const lengths = useContext(LengthsContext)
  const kind = lengths.spacing_source ?? 'patient'
  return {
    /** Lengths are millimetres of some kind and may be compared with one another. */
    hasMm: hasMillimetres(lengths.frame),
    /** "Heights, mm", "Detector mm" and so on. */
    title: t(`grading.heightsIn.${kind}`),
    /** The bare unit. */
    unit: t(`grading.unitIn.${kind}`),
    show: (heights: readonly number[], place: number) => heightText(heights, place, lengths),
    /** All three in a narrow row. */
    row: (heights: readonly number[]) => rowText(heights, lengths),
  }
}

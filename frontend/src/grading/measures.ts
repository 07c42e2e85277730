/** The measures of one vertebra besides heights and G, each with the words how it was made. */
import type { TFunction } from 'i18next'
import type { Finding, NormalLevel, Normals } from '../api/types'
import { formatNumber, hasMillimetres, type LengthFrame } from '../domain/format'
import type { Heights } from '../domain/genant'
import { adjustedRatio, compressionPercent, lateralSpread, plateAngleDegrees, SPREAD_LIMIT } from '../domain/measures'
import { unusualHeights } from '../domain/sixPoints'
import { normalOf } from './useNormals'
import type { Expected } from './neighbours'
import { howPlaced } from './howMade'

export interface Measure {
  readonly id: 'own' | 'wedge' | 'ratio' | 'compression' | 'adjusted' | 'spread' | 'unusual'
  readonly name: string
  readonly value: string
  readonly how: string
  readonly isWarning?: boolean
  /** There is no number yet; `how` says why. */
  readonly isOff?: boolean
}

export interface Surroundings {
  readonly expected: Expected | null
  readonly normals: Normals | undefined
  readonly frame: LengthFrame
  readonly nameOf: (finding: Pick<Finding, 'number' | 'level'>) => string
  readonly t: TFunction
}

const SEGMENTS = ['anterior', 'middle', 'posterior'] as const

export function measuresOf(finding: Finding, around: Surroundings): Measure[] {
  const { six_points_mm: points, heights_mm: heights } = finding
  if (points === null || heights === null) return []
  const placed = howPlaced(finding, around.t)
  const found = [
    ownLoss(heights, around.t),
    wedge(points, around.t),
    depthRatio(heights, around.t),
    compression(heights, around),
    adjusted(finding, heights, around),
  ].filter((measure) => measure !== null)
  const shown = found.map((measure) => (measure.isOff ? measure : { ...measure, how: `${measure.how} ${placed}` }))
  return [...shown, ...warnings(points, heights, around)]
}

function ownLoss(heights: Heights, t: TFunction): Measure {
  const highest = Math.max(...heights)
  const value = heights.map((height) => formatNumber(100 * (1 - height / highest))).join(' · ')
  return { id: 'own', name: t('reading.measure.own'), value: `${value} %`, how: t('reading.made.own') }
}

function wedge(points: number[][][], t: TFunction): Measure | null {
  const angle = plateAngleDegrees(points, points)
  if (angle === null) return null
  return { id: 'wedge', name: t('reading.measure.wedge'), value: `${formatNumber(angle, 1)}°`, how: t('reading.made.wedge') }
}

function depthRatio(heights: Heights, t: TFunction): Measure {
  const value = formatNumber(heights[0] / heights[2], 2)
  return { id: 'ratio', name: t('reading.measure.ratio'), value, how: t('reading.made.ratio') }
}

/** The compression ratio stands under its formula: the acronym means several things. */
function compression(heights: Heights, { expected, nameOf, t }: Surroundings): Measure | null {
  if (expected === null) return null
  const loss = compressionPercent(
    heights[0],
    expected.sources.map((source) => source.heights_mm?.[0] ?? null),
  )
  if (loss === null) return null
  const levels = expected.sources.map(nameOf).join(', ')
  return {
    id: 'compression',
    name: t('reading.measure.compression', { levels }),
    value: `${formatNumber(loss)} %`,
    how: `${t('reading.made.compression', { levels })} ${flagsOf(expected, t)}`.trim(),
  }
}

/** What limits the neighbours' word: one side only, a vertebra stepped over, scaled by normal heights. */
export function flagsOf(expected: Expected, t: TFunction): string {
  const flags = [
    expected.oneSided && t('reading.made.oneSided'),
    expected.extended && t('reading.made.extended'),
    expected.scaled && t('reading.made.scaled'),
  ]
  return flags.filter(Boolean).join(' ')
}

function adjusted(finding: Finding, heights: Heights, { normals, t }: Surroundings): Measure | null {
  const normal = normalOf(normals, finding.level)
  const name = t('reading.measure.adjusted')
  if (normals === undefined || normal === null) return null
  if (normal.ratios === null) {
    const how = t('reading.made.normalsOff', { n: normal.n, level: normal.level, minimum: normals.minimum_n })
    return { id: 'adjusted', name, value: t('reading.measure.off'), how, isOff: true }
  }
  const [front, middle] = normal.ratios as [number, number]
  return {
    id: 'adjusted',
    name,
    value: formatNumber(adjustedRatio(heights, [front, middle]), 2),
    how: t('reading.made.adjusted', {
      n: normal.n_used,
      levels: levelsOf(normal),
      front: formatNumber(front, 3),
      middle: formatNumber(middle, 3),
    }),
  }
}

const levelsOf = (normal: NormalLevel) =>
  normal.pooled.length > 1 ? `${normal.pooled[0]}–${normal.pooled.at(-1)}` : (normal.pooled[0] ?? normal.level)

function warnings(points: number[][][], heights: Heights, { frame, t }: Surroundings): Measure[] {
  const found: Measure[] = unusualHeights(heights, frame).map((place) => ({
    id: 'unusual',
    name: t(`grading.${SEGMENTS[place] ?? 'middle'}`),
    value: t('reading.measure.unusual', { mm: formatNumber(heights[place] ?? 0, 1) }),
    how: t('reading.made.unusual'),
    isWarning: true,
  }))
  const spread = hasMillimetres(frame) ? lateralSpread(points) : null
  if (spread !== null && spread.ratio > SPREAD_LIMIT) {
    found.push({
      id: 'spread',
      name: t('reading.measure.spread'),
      value: `${formatNumber(spread.ratio, 2)} ×`,
      how: t('reading.made.spread', { heights: spread.inPlane.map((height) => formatNumber(height, 1)).join(', ') }),
      isWarning: true,
    })
  }
  return found
}

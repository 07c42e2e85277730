/** What several vertebrae say about one; the same rules as the server's.
 *
 * A uniform crush has a height ratio near 1: only its neighbours show it. Which neighbours count is
 * one rule for all measures. Angles are signed, positive for kyphosis.
 */
import type { Heights } from './genant'
import { LEVELS } from './vertebrae'

const FURTHEST_LEVELS = 2
/** Above this ratio of 3-D to in-plane height the points lie too far apart sideways. */
export const SPREAD_LIMIT = 1.02
const OPTIONAL = new Set<string>(['T13', 'L6'])

type Points = readonly (readonly (readonly number[])[])[]

/** A vertebra as its neighbours see it. */
export interface Beside {
  readonly level: string | null
  readonly heightsMm: Heights | null
  /** Whole in view, free of foreign material and not fractured in the same reading. */
  readonly isValid: boolean
}

export interface Expected {
  readonly heightsMm: Heights
  /** Places of the one or two neighbours they come from. */
  readonly sources: readonly number[]
  /** Only one side had a valid neighbour. */
  readonly oneSided: boolean
  /** A neighbour that does not count was stepped over. */
  readonly extended: boolean
  /** The one neighbour's heights were scaled to this level by the own normal heights. */
  readonly scaled: boolean
}

export type NormalHeights = Readonly<Record<string, Heights>>

/** The mean of the nearest valid neighbours above and below, up to two levels away; null without any.
 *
 * @param spine all vertebrae from cranial to caudal.
 * @param normalMm normal heights by level, to scale a single neighbour to this level.
 */
export function expectedHeights(
  spine: readonly Beside[],
  place: number,
  normalMm: NormalHeights = {},
): Expected | null {
  const sources = [nearest(spine, place, -1), nearest(spine, place, 1)].filter((side) => side !== null)
  if (sources.length === 0) return null
  const factor = factorOf(spine, place, sources, normalMm)
  const mean = (segment: 0 | 1 | 2) => {
    const sum = sources.reduce((total, source) => total + (spine[source]?.heightsMm?.[segment] ?? Number.NaN), 0)
    return (sum / sources.length) * (factor?.[segment] ?? 1)
  }
  return {
    heightsMm: [mean(0), mean(1), mean(2)],
    sources,
    oneSided: sources.length === 1,
    extended: sources.some((source) => levelsApart(spine, place, source) > 1),
    scaled: factor !== null,
  }
}

function nearest(spine: readonly Beside[], place: number, way: 1 | -1): number | null {
  const self = spine[place]
  for (let other = place + way; self !== undefined; other += way) {
    const beside = spine[other]
    if (beside === undefined) return null
    const apart = levelsApart(spine, place, other)
    if (apart > FURTHEST_LEVELS) return null
    const isNear = apart === 1 || regionOf(self) === regionOf(beside)
    if (isNear && beside.isValid && beside.heightsMm !== null) return other
  }
  return null
}

const regionOf = (beside: Beside) => beside.level?.charAt(0) ?? null

/** How many levels lie between, also where one is not in the list. */
function levelsApart(spine: readonly Beside[], place: number, other: number): number {
  const [a, b] = [spine[place]?.level, spine[other]?.level]
  if (a == null || b == null) return Math.abs(other - place)
  const order: readonly string[] = LEVELS
  const [first = 0, last = 0] = [order.indexOf(a), order.indexOf(b)].sort((x, y) => x - y)
  const isThere = (level: string) => !OPTIONAL.has(level) || spine.some((beside) => beside.level === level)
  return 1 + order.slice(first + 1, last).filter(isThere).length
}

function factorOf(
  spine: readonly Beside[],
  place: number,
  sources: readonly number[],
  normalMm: NormalHeights,
): Heights | null {
  const own = normalMm[spine[place]?.level ?? '']
  const other = normalMm[spine[sources[0] ?? -1]?.level ?? '']
  if (sources.length > 1 || !own || !other) return null
  return [own[0] / other[0], own[1] / other[1], own[2] / other[2]]
}

/** (1 - own / mean of the neighbours) * 100, null without a neighbour; below 0 it is the higher one. */
export function compressionPercent(own: number, neighbours: readonly (number | null)[]): number | null {
  const known = neighbours.filter((height) => height !== null)
  if (known.length === 0) return null
  return 100 * (1 - own / (known.reduce((sum, height) => sum + height, 0) / known.length))
}

/** G of heights that are divided by the level's normal ratios (anterior and middle over posterior). */
export function adjustedRatio(heights: Heights, ratios: readonly [number, number]): number {
  const adjusted = [heights[0] / ratios[0], heights[1] / ratios[1], heights[2]]
  return Math.min(...adjusted) / Math.max(...adjusted)
}

/** Angle from the upper plate of one vertebra to the lower plate of another, in degrees.
 *
 * The same vertebra twice gives its wedge angle. Plates are seen from the patient's side. Null where
 * a plate has no length.
 */
export function plateAngleDegrees(upper: Points, lower: Points): number | null {
  const [ux, uy] = plate(upper, 0)
  const [wx, wy] = plate(lower, 1)
  if ((ux === 0 && uy === 0) || (wx === 0 && wy === 0)) return null
  return (Math.atan2(ux * wy - uy * wx, ux * wx + uy * wy) * 180) / Math.PI
}

/** A plate from front to back as (posterior, inferior). */
function plate(points: Points, end: 0 | 1): readonly [number, number] {
  const [front, back] = [points[0]?.[end], points[2]?.[end]]
  if (front === undefined || back === undefined) throw new RangeError('Six points are three pairs.')
  return [(back[1] ?? 0) - (front[1] ?? 0), -((back[2] ?? 0) - (front[2] ?? 0))]
}

/** Heights within the plane across a left-right axis, and the largest 3-D over 2-D ratio.
 *
 * @throws RangeError if a height lies wholly along the axis.
 */
export function lateralSpread(
  points: Points,
  across: readonly [number, number, number] = [1, 0, 0],
): { readonly inPlane: Heights; readonly ratio: number } {
  const pairs = points.map((pair) => {
    const along = [0, 1, 2].map((axis) => (pair[1]?.[axis] ?? Number.NaN) - (pair[0]?.[axis] ?? Number.NaN))
    const off = along.reduce((sum, value, axis) => sum + value * (across[axis] ?? 0), 0)
    const flat = Math.hypot(...along.map((value, axis) => value - off * (across[axis] ?? 0)))
    if (!(flat > 0)) throw new RangeError('A height lies wholly along the left-right axis.')
    return { flat, ratio: Math.hypot(...along) / flat }
  })
  const [a, m, p] = pairs.map(({ flat }) => flat)
  return { inPlane: [a ?? 0, m ?? 0, p ?? 0], ratio: Math.max(...pairs.map(({ ratio }) => ratio)) }
}

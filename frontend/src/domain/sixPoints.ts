/** Which six points can be a body's; the same rules, in the same words, as the server's. */
import { hasMillimetres, type LengthFrame } from './format'
import type { Heights } from './genant'

export type Refusal = 'form' | 'no_height' | 'upper_lower' | 'front_back' | 'crossing'
type Points = readonly (readonly (readonly number[])[])[]
type Flat = readonly [number, number]

export const USUAL_HEIGHTS_MM = [4, 45] as const

/** Why six points [anterior, middle, posterior][upper, lower] in LPS are no body's; null if they may be. */
export function refusalOf(points: Points): Refusal | null {
  if (!hasForm(points)) return 'form'
  if (points.some(([upper, lower]) => upper?.every((value, axis) => value === lower?.[axis]))) return 'no_height'
  if (points.some(([upper, lower]) => (upper?.[2] ?? 0) <= (lower?.[2] ?? 0))) return 'upper_lower'
  const [front = 0, middle = 0, back = 0] = points.map(([upper, lower]) => ((upper?.[1] ?? 0) + (lower?.[1] ?? 0)) / 2)
  if (!(front < middle && middle < back)) return 'front_back'
  return crossesItself(points) ? 'crossing' : null
}

function hasForm(points: Points): boolean {
  const isPoint = (point: readonly number[]) => point.length === 3 && point.every(Number.isFinite)
  return points.length === 3 && points.every((pair) => pair.length === 2 && pair.every(isPoint))
}

/** Whether the hexagon crosses itself, seen from the side. */
function crossesItself(points: Points): boolean {
  const flat = (segment: number, end: number): Flat => {
    const point = points[segment]?.[end]
    return [point?.[1] ?? 0, point?.[2] ?? 0]
  }
  const ring = [flat(0, 0), flat(1, 0), flat(2, 0), flat(2, 1), flat(1, 1), flat(0, 1)]
  const edge = (n: number) => [ring[n % 6] as Flat, ring[(n + 1) % 6] as Flat] as const
  for (let n = 0; n < 6; n++) {
    for (let m = n + 2; m < 6; m++) {
      if (!(n === 0 && m === 5) && cross(...edge(n), ...edge(m))) return true
    }
  }
  return false
}

function cross(a: Flat, b: Flat, c: Flat, d: Flat): boolean {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0
}

const side = (a: Flat, b: Flat, c: Flat) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

/** Which heights (0 anterior, 1 middle, 2 posterior) lie outside 4 to 45 mm; none are known of pixels. */
export function unusualHeights(heights: Heights, frame: LengthFrame = 'patient_mm'): number[] {
  if (!hasMillimetres(frame)) return []
  const [low, high] = USUAL_HEIGHTS_MM
  return heights.flatMap((height, place) => (low <= height && height <= high ? [] : [place]))
}

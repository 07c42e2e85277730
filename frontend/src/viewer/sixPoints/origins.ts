/** Who placed each of the six points. */
import { POINT_NAMES, type PointName, pointOf, type SixPoints } from './plane'

export type Origin = 'model' | 'reader' | 'snapped' | 'mean'
/** [anterior, middle, posterior][superior, inferior]. */
export type Origins = Origin[][]

/** Six points with who placed them; null where that was not noted. */
export interface PlacedPoints {
  readonly points: SixPoints
  readonly by: Origins | null
}

export const allBy = (origin: Origin): Origins => [0, 1, 2].map(() => [origin, origin])

export const originOf = (by: Origins | null, name: PointName): Origin | null => by?.[name.segment]?.[name.end] ?? null

/** The origins after one point was placed anew. */
export function withOrigin(by: Origins | null, name: PointName, origin: Origin): Origins {
  const before = by ?? allBy('reader')
  return before.map((pair, s) => pair.map((old, e) => (s === name.segment && e === name.end ? origin : old)))
}

/** How many of the six points are of each origin, most first. */
export function countOrigins(by: Origins | null): { origin: Origin; count: number }[] {
  const counts = new Map<Origin, number>()
  for (const origin of by?.flat() ?? []) counts.set(origin, (counts.get(origin) ?? 0) + 1)
  return [...counts].map(([origin, count]) => ({ origin, count })).sort((a, b) => b.count - a.count)
}

/** Whether two sets of points are the very same numbers. */
export function samePoints(a: SixPoints | null, b: SixPoints | null): boolean {
  if (a === null || b === null) return a === b
  return POINT_NAMES.every((name) => pointOf(a, name).every((value, axis) => value === pointOf(b, name)[axis]))
}

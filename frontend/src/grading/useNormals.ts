import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import type { NormalLevel, Normals } from '../api/types'
import type { Heights } from '../domain/genant'
import type { NormalHeights } from '../domain/measures'

/** What this deployment knows of normal vertebrae; nothing is shipped. */
export function useNormals(dataset: string) {
  return useQuery({
    queryKey: ['normals', dataset],
    queryFn: ({ signal }) => api.get<Normals>(`/datasets/${dataset}/normals/`, signal),
    staleTime: 5 * 60_000,
  })
}

/** The row of a level; null while nothing has come or the level has no name. */
export function normalOf(normals: Normals | undefined, level: string | null): NormalLevel | null {
  return normals?.levels.find((row) => row.level === level) ?? null
}

/** Normal heights by level, of those levels that have enough vertebrae. */
export function normalHeights(normals: Normals | undefined): NormalHeights {
  const rows = normals?.levels.flatMap((row) => (row.heights_mm ? [[row.level, row.heights_mm as Heights] as const] : []))
  return Object.fromEntries(rows ?? [])
}

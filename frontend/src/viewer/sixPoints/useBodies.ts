import { useQuery } from '@tanstack/react-query'
import type { CaseDetail, VolumeMeta } from '../../api/types'
import { fetchMask, gridOf } from '../../bridge'
import { type Body, bodiesOf } from './bodies'

const NONE: ReadonlyMap<number, Body> = new Map()

/** The bodies in a case's mask, by vertebra number; asked for only where the model left a centre out. */
export function useBodies(detail: CaseDetail, meta: VolumeMeta | undefined): ReadonlyMap<number, Body> {
  const isNeeded = detail.vertebrae.some((vertebra) => vertebra.centroid_mm === null)
  const found = useQuery({
    queryKey: ['bodies', detail.id, meta?.hash],
    queryFn: async ({ signal }) => {
      if (meta === undefined) return NONE
      return bodiesOf(gridOf(meta), (await fetchMask(`cases/${detail.id}`, { signal })).labels)
    },
    enabled: isNeeded && meta !== undefined,
    staleTime: 60_000,
  })
  return found.data ?? NONE
}

/** The case with a centre for every vertebra that has a body in the mask. */
export function withCentres(detail: CaseDetail, bodies: ReadonlyMap<number, Body>): CaseDetail {
  if (bodies.size === 0) return detail
  const vertebrae = detail.vertebrae.map((vertebra) => {
    const body = bodies.get(vertebra.number)
    if (vertebra.centroid_mm !== null || !body) return vertebra
    return { ...vertebra, centroid_mm: [...body.centreMm] as [number, number, number] }
  })
  return { ...detail, vertebrae }
}

/** Pictures of a case as queries: the straightened spine, and original sagittal slices. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { getBytes } from '../../api/client'
import { fetchMeta, inflate, loadSlice } from '../../bridge'
import type { VolumeMeta } from '../../api/types'
import type { PicturePlane } from './plane'
import { sagittalPlane } from './sagittalPlane'
import { decodeStraightened } from './straightened'

/** Pictures never change under their address. */
const KEPT = { staleTime: Number.POSITIVE_INFINITY, gcTime: 10 * 60_000 }

/** The straightened picture of a proposal; idle while there is no address. */
export function useStraightened(url: string | null): UseQueryResult<PicturePlane> {
  return useQuery({
    queryKey: ['straightened', url],
    queryFn: async ({ signal }) => decodeStraightened(await inflate(await (await getBytes(url ?? '', signal)).blob())),
    enabled: url !== null,
    ...KEPT,
  })
}

export function useVolumeMeta(volume: string): UseQueryResult<VolumeMeta> {
  return useQuery({
    queryKey: ['volume', volume],
    queryFn: ({ signal }) => fetchMeta(volume, signal),
    ...KEPT,
  })
}

/** Sagittal slice `k` of a volume; idle while either is unknown. */
export function useSagittal(meta: VolumeMeta | undefined, k: number | null): UseQueryResult<PicturePlane> {
  return useQuery({
    queryKey: ['sagittal', meta?.id, meta?.hash, k],
    queryFn: async ({ signal }) => {
      if (meta === undefined || k === null) throw new Error('No slice is chosen.')
      const plane = sagittalPlane(meta, k, await loadSlice(meta, k, signal), meta.frame)
      return meta.radiograph ? { ...plane, window: meta.window } : plane
    },
    enabled: meta !== undefined && k !== null,
    placeholderData: (previous) => previous,
    ...KEPT,
  })
}

/** Pictures of a case as queries: the straightened spine, and original sagittal slices. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { getBytes } from '../../api/client'
import type { VolumeMeta } from '../../api/types'
import type { PicturePlane } from './plane'
import { sagittalPlane } from './sagittalPlane'
import { decodeStraightened } from './straightened'

/** Pictures never change under their address. */
const KEPT = { staleTime: Number.POSITIVE_INFINITY, gcTime: 10 * 60_000 }

async function inflated(response: Response): Promise<ArrayBuffer> {
  if (response.body === null) return new ArrayBuffer(0)
  return new Response(response.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer()
}

/** The straightened picture of a proposal; idle while there is no address. */
export function useStraightened(url: string | null): UseQueryResult<PicturePlane> {
  return useQuery({
    queryKey: ['straightened', url],
    queryFn: async ({ signal }) => decodeStraightened(await inflated(await getBytes(url ?? '', signal))),
    enabled: url !== null,
    ...KEPT,
  })
}

export function useVolumeMeta(volume: string): UseQueryResult<VolumeMeta> {
  return useQuery({
    queryKey: ['volume', volume],
    queryFn: async ({ signal }) => (await (await getBytes(`/v/${volume}/meta.json`, signal)).json()) as VolumeMeta,
    ...KEPT,
  })
}

/** Sagittal slice `k` of a volume; idle while either is unknown. */
export function useSagittal(meta: VolumeMeta | undefined, k: number | null): UseQueryResult<PicturePlane> {
  return useQuery({
    queryKey: ['sagittal', meta?.id, meta?.hash, k],
    queryFn: async ({ signal }) => {
      if (meta === undefined || k === null) throw new Error('No slice is chosen.')
      const bytes = await inflated(await getBytes(meta.slice_url_gz.replace('{k}', String(k)), signal))
      return sagittalPlane(meta, k, littleEndian(bytes))
    },
    enabled: meta !== undefined && k !== null,
    placeholderData: (previous) => previous,
    ...KEPT,
  })
}

function littleEndian(bytes: ArrayBuffer): Int16Array {
  const view = new DataView(bytes)
  return Int16Array.from({ length: bytes.byteLength >> 1 }, (_, index) => view.getInt16(2 * index, true))
}

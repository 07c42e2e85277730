/** Brings what the next case begins with into the browser's cache, one thing after the other. */
import type { QueryClient } from '@tanstack/react-query'
import { api, getBytes } from '../api/client'
import type { CaseDetail, WorkRow } from '../api/types'
import { fetchMeta } from '../bridge'
import { decoders } from '../bridge/decoders'
import { interleaved } from '../bridge/sliceOrder'

/** So many slices stand ready: the middle one and its first neighbours in the order of streaming. */
const SLICES = 5
const FRESH_MS = 60_000

/** Ends when all is there, or quietly when `signal` says that the person has gone on. */
export async function prefetchCase(client: QueryClient, row: Pick<WorkRow, 'case' | 'work'>, signal: AbortSignal): Promise<void> {
  // Not ended by our signal: the screen of the case may be waiting for the same answer by then.
  const detail = await client.fetchQuery({
    queryKey: ['case', row.case],
    queryFn: (query) => api.get<CaseDetail>(`/cases/${row.case}/`, query.signal),
    staleTime: FRESH_MS,
  })
  if (signal.aborted) return
  const meta = await fetchMeta(detail.volume, signal)
  const hasMask = row.work === 'refine' || row.work === 'check'
  const { encoding } = await decoders()
  const template = encoding === 'gzip' ? meta.slice_url_gz : meta.slice_url
  const slices = interleaved(meta.dims[2]).slice(0, SLICES).map((k) => template.replace('{k}', String(k)))
  const mask = hasMask ? [`/api/cases/${row.case}/mask/?track=main`] : []
  for (const url of [meta.preview.url, ...mask, ...slices]) {
    if (signal.aborted) return
    const response = await getBytes(url, signal)
    await response.arrayBuffer()
  }
}

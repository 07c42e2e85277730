/** A volume as the server's bridge gives it: its description, a coarse preview, and slices. */
import { getBytes, send } from '../api/client'
import type { VolumeMeta } from '../api/types'
import { unitsPerMm } from '../domain/frame'
import type { Grid } from '../domain/geometry'
import { decoders } from './decoders'
import { inflate, UnknownFormat } from './packing'
import { SliceOrder } from './sliceOrder'

const FORMAT = 'lamina.volume/1'
const AT_ONCE = 6

export async function fetchMeta(volumeId: string, signal?: AbortSignal): Promise<VolumeMeta> {
  const response = await send('GET', `/v/${volumeId}/meta.json`, { signal })
  const meta = (await response.json()) as VolumeMeta
  if (meta.format !== FORMAT) throw new UnknownFormat(`The volume is described as "${meta.format}", not ${FORMAT}.`)
  return meta
}

export const gridOf = (meta: VolumeMeta): Grid => ({
  dims: meta.dims,
  spacingMm: meta.spacing_mm,
  originMm: meta.origin_mm,
  direction: meta.direction,
  unitsPerMm: unitsPerMm(meta.frame, meta.dims),
})

/** The coarse volume: int16 HU by flat index of `meta.preview.dims`. */
export async function fetchPreview(meta: VolumeMeta, signal?: AbortSignal): Promise<Int16Array<ArrayBuffer>> {
  const response = await getBytes(meta.preview.url, signal)
  const hu = new Int16Array((await inflate(await response.blob())).buffer)
  const [ni, nj, nk] = meta.preview.dims
  if (hu.length !== ni * nj * nk) throw new UnknownFormat(`The preview holds ${hu.length} voxels instead of ${ni * nj * nk}.`)
  return hu
}

/** One sagittal slice at full resolution: int16 HU, rows along j, columns along i. */
export async function loadSlice(meta: VolumeMeta, k: number, signal?: AbortSignal): Promise<Int16Array<ArrayBuffer>> {
  const pool = await decoders()
  const template = pool.encoding === 'gzip' ? meta.slice_url_gz : meta.slice_url
  return pool.slice(template.replace('{k}', String(k)), meta.dims[0] * meta.dims[1], signal)
}

export interface Stream {
  /** Fetches these slices before all others. */
  readonly prefer: (slices: readonly number[]) => void
  /** Ends when every slice has been delivered; rejects at the first that cannot be had. */
  readonly done: Promise<void>
}

/** Streams all slices, the middle one first, then interleaved; `deliver` gets each as it comes. */
export function streamSlices(meta: VolumeMeta, deliver: (k: number, hu: Int16Array<ArrayBuffer>) => void, signal: AbortSignal): Stream {
  const order = new SliceOrder(meta.dims[2])
  const lane = async (): Promise<void> => {
    for (let k = order.take(); k !== null && !signal.aborted; k = order.take()) deliver(k, await loadSlice(meta, k, signal))
  }
  const done = decoders().then(() => Promise.all(Array.from({ length: AT_ONCE }, lane))).then(() => undefined)
  return { prefer: (slices) => order.prefer(slices), done }
}

/** Fills slice `k` of a full volume from the preview, each voxel from the block it lies in. */
export function fillFromPreview(meta: VolumeMeta, preview: Int16Array, k: number, slice: Int16Array): void {
  const [ni, nj] = meta.dims
  const [pi, pj, pk] = meta.preview.dims
  const [fi, fj, fk] = meta.preview.factor
  const base = Math.min(Math.floor(k / fk), pk - 1) * pi * pj
  for (let j = 0; j < nj; j++) {
    const from = base + Math.min(Math.floor(j / fj), pj - 1) * pi
    const row = j * ni
    if (j % fj !== 0 && j > 0) slice.copyWithin(row, row - ni, row)
    else for (let i = 0; i < ni; i++) slice[row + i] = preview[from + Math.min((i / fi) | 0, pi - 1)] as number
  }
}

/** One volume on this page: described, seen coarsely, then sharpened slice by slice. */
import { cache, type Types, volumeLoader } from '@cornerstonejs/core'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { VolumeMeta } from '../api/types'
import { fetchMeta, fetchPreview, fillFromPreview, gridOf, type Stream, streamSlices } from '../bridge'
import { decoders } from '../bridge/decoders'
import type { Grid } from '../domain/geometry'
import { startCornerstone } from './cornerstone'

export interface Loading {
  readonly phase: 'describing' | 'coarse' | 'sharpening' | 'whole' | 'failed'
  /** Slices at full resolution, and slices in all. */
  readonly sharp: number
  readonly slices: number
  readonly error: string | null
}

const AIR_HU = -1024
const FILL_AT_ONCE = 24
const REDRAW_AFTER_MS = 120

/** What is there once the volume is described. */
export interface Described {
  readonly meta: VolumeMeta
  readonly grid: Grid
  /** HU by flat index; air until filled. */
  readonly hu: Int16Array<ArrayBuffer>
  readonly preview: Int16Array<ArrayBuffer>
  readonly volume: Types.IImageVolume
}

export class OpenVolume {
  readonly loading: StoreApi<Loading> = createStore(() => ({ phase: 'describing', sharp: 0, slices: 0, error: null }))
  /** Ends when the coarse picture and the grid are there. */
  readonly described: Promise<Described>
  private readonly stop = new AbortController()
  private readonly redraws = new Set<() => void>()
  private readonly isSharp = new Set<number>()
  private stream: Stream | null = null
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(readonly id: string) {
    this.described = this.open()
    this.described.then((what) => this.sharpen(what)).catch((cause: unknown) => this.fail(cause))
  }

  /** Calls `draw` whenever new voxels should be drawn. */
  onVoxels(draw: () => void): () => void {
    this.redraws.add(draw)
    return () => this.redraws.delete(draw)
  }

  /** Fetches what is looked at before the rest. */
  lookAt(k: number): void {
    const near = [0, 1, -1, 2, -2].map((step) => k + step)
    this.stream?.prefer(near.filter((slice) => !this.isSharp.has(slice)))
  }

  close(): void {
    this.stop.abort()
    clearTimeout(this.timer)
    this.redraws.clear()
    void this.described.then(({ volume }) => dropVolume(volume)).catch(() => undefined)
  }

  private async open(): Promise<Described> {
    startCornerstone()
    void decoders()
    const meta = await fetchMeta(this.id, this.stop.signal)
    this.loading.setState({ slices: meta.dims[2] })
    const preview = await fetchPreview(meta, this.stop.signal)
    const hu = new Int16Array(meta.dims[0] * meta.dims[1] * meta.dims[2]).fill(AIR_HU)
    this.loading.setState({ phase: 'coarse' })
    return { meta, grid: gridOf(meta), hu, preview, volume: makeVolume(`lamina:${this.id}`, meta, hu) }
  }

  private async sharpen(what: Described): Promise<void> {
    const { meta } = what
    const perSlice = meta.dims[0] * meta.dims[1]
    const put = (k: number, hu: Int16Array) => {
      what.hu.set(hu, k * perSlice)
      this.isSharp.add(k)
      this.touch(what.volume, [k])
      this.loading.setState({ phase: 'sharpening', sharp: this.isSharp.size })
    }
    this.stream = streamSlices(meta, put, this.stop.signal)
    await Promise.all([this.stream.done, this.fillCoarsely(what)])
    if (this.stop.signal.aborted) return
    this.touch(what.volume, [])
    this.loading.setState({ phase: 'whole', sharp: meta.dims[2] })
  }

  /** Fills slices that have not come yet from the preview, the middle first, a few per frame. */
  private async fillCoarsely({ meta, hu, preview, volume }: Described): Promise<void> {
    const [ni, nj, nk] = meta.dims
    const middle = Math.floor(nk / 2)
    const outward = Array.from({ length: nk }, (_, k) => k).sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))
    for (let begin = 0; begin < nk && !this.stop.signal.aborted; begin += FILL_AT_ONCE) {
      const some = outward.slice(begin, begin + FILL_AT_ONCE).filter((k) => !this.isSharp.has(k))
      for (const k of some) fillFromPreview(meta, preview, k, hu.subarray(k * ni * nj, (k + 1) * ni * nj))
      this.touch(volume, some)
      await new Promise((next) => setTimeout(next))
    }
  }

  private touch(volume: Types.IImageVolume, slices: readonly number[]): void {
    for (const k of slices) volume.vtkOpenGLTexture.setUpdatedFrame(k)
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      volume.imageData?.modified()
      for (const draw of this.redraws) draw()
    }, REDRAW_AFTER_MS)
  }

  private fail(cause: unknown): void {
    if (this.stop.signal.aborted) return
    this.loading.setState({ phase: 'failed', error: cause instanceof Error ? cause.message : String(cause) })
  }
}

/** Makes a Cornerstone volume whose slices are views of `voxels`: writing there changes the picture. */
export function makeVolume(volumeId: string, meta: VolumeMeta, voxels: Int16Array | Uint8Array): Types.IImageVolume {
  const frameOfReference = `lamina.${meta.id}`
  const plane = {
    BitsAllocated: 16, BitsStored: 16, SamplesPerPixel: 1, HighBit: 15, PhotometricInterpretation: 'MONOCHROME2',
    PixelRepresentation: 1, Modality: 'CT', ImageOrientationPatient: [...meta.direction.slice(0, 6)],
    PixelSpacing: [meta.spacing_mm[1], meta.spacing_mm[0]], FrameOfReferenceUID: frameOfReference,
    Columns: meta.dims[0], Rows: meta.dims[1], voiLut: [], VOILUTFunction: 'LINEAR',
  }
  return volumeLoader.createLocalVolume(volumeId, {
    metadata: plane as unknown as Types.Metadata,
    dimensions: [...meta.dims],
    spacing: [...meta.spacing_mm],
    origin: [...meta.origin_mm],
    direction: [...meta.direction] as unknown as Types.Mat3,
    scalarData: voxels,
  })
}

export function dropVolume(volume: Types.IImageVolume): void {
  const { imageIds, volumeId } = volume
  cache.removeVolumeLoadObject(volumeId)
  for (const imageId of imageIds) if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId)
}

/** One volume on this page: described, seen coarsely, then sharpened slice by slice. */
import { cache, type Types, utilities, volumeLoader } from '@cornerstonejs/core'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { VolumeMeta } from '../api/types'
import { fetchMeta, fetchPreview, fillFromPreview, gridOf, type Stream, streamSlices } from '../bridge'
import { decoders } from '../bridge/decoders'
import { type Grid, toMm } from '../domain/geometry'
import { startCornerstone } from './cornerstone'

export interface Loading {
  readonly phase: 'describing' | 'coarse' | 'sharpening' | 'whole' | 'failed'
  /** Slices at full resolution, and slices in all. */
  readonly sharp: number
  readonly slices: number
  /** Every slice holds at least the coarse picture. */
  readonly isFilled: boolean
  readonly error: string | null
}

let volumes = 0
const FILL_AT_ONCE = 24
const REDRAW_AFTER_MS = 120

/** What is there once the volume is described. */
export interface Described {
  readonly meta: VolumeMeta
  readonly grid: Grid
  /** HU by flat index; 0 until filled. */
  readonly hu: Int16Array<ArrayBuffer>
  readonly preview: Int16Array<ArrayBuffer>
}

export class OpenVolume {
  readonly loading: StoreApi<Loading> = createStore(() => ({ phase: 'describing', sharp: 0, slices: 0, isFilled: false, error: null }))
  /** Ends when the coarse picture and the grid are there. */
  readonly described: Promise<Described>
  private readonly stop = new AbortController()
  private readonly redraws = new Set<() => void>()
  private readonly isSharp = new Set<number>()
  private stream: Stream | null = null
  private made: Types.IImageVolume | null = null
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

  /** Cornerstone's volume, made when it is first to be drawn; its slices are views of `hu`. */
  volumeOf({ meta, hu }: Described): Types.IImageVolume {
    if (!this.made) {
      startCornerstone()
      this.made = makeVolume(`lamina-ct-${++volumes}`, meta, hu)
    }
    return this.made
  }

  isSharpAt(k: number): boolean {
    return this.isSharp.has(k)
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
    if (this.made) dropVolume(this.made)
    this.made = null
  }

  private async open(): Promise<Described> {
    void decoders()
    const meta = await fetchMeta(this.id, this.stop.signal)
    this.loading.setState({ slices: meta.dims[2] })
    const preview = await fetchPreview(meta, this.stop.signal)
    this.loading.setState({ phase: 'coarse' })
    const hu = new Int16Array(meta.dims[0] * meta.dims[1] * meta.dims[2])
    return { meta, grid: gridOf(meta), hu, preview }
  }

  private async sharpen(what: Described): Promise<void> {
    const { meta } = what
    const perSlice = meta.dims[0] * meta.dims[1]
    const put = (k: number, hu: Int16Array) => {
      what.hu.set(hu, k * perSlice)
      this.isSharp.add(k)
      this.touch([k])
      this.loading.setState({ phase: 'sharpening', sharp: this.isSharp.size })
    }
    this.stream = streamSlices(meta, put, this.stop.signal)
    await Promise.all([this.stream.done, this.fillCoarsely(what)])
    if (this.stop.signal.aborted) return
    this.touch([])
    this.loading.setState({ phase: 'whole', isFilled: true, sharp: meta.dims[2] })
  }

  /** Fills slices that have not come yet from the preview, the middle first, a few per frame. */
  private async fillCoarsely({ meta, hu, preview }: Described): Promise<void> {
    const [ni, nj, nk] = meta.dims
    const middle = Math.floor(nk / 2)
    const outward = Array.from({ length: nk }, (_, k) => k).sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))
    for (let begin = 0; begin < nk && !this.stop.signal.aborted; begin += FILL_AT_ONCE) {
      const some = outward.slice(begin, begin + FILL_AT_ONCE).filter((k) => !this.isSharp.has(k))
      for (const k of some) fillFromPreview(meta, preview, k, hu.subarray(k * ni * nj, (k + 1) * ni * nj))
      this.touch(some)
      await new Promise((next) => setTimeout(next))
    }
    this.loading.setState({ isFilled: true })
  }

  private touch(slices: readonly number[]): void {
    for (const k of slices) this.made?.vtkOpenGLTexture.setUpdatedFrame(k)
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      this.made?.imageData?.modified()
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
  const volume = volumeLoader.createLocalVolume(volumeId, {
    metadata: plane as unknown as Types.Metadata,
    dimensions: [...meta.dims],
    spacing: [...meta.spacing_mm],
    origin: [...meta.origin_mm],
    direction: [...meta.direction] as unknown as Types.Mat3,
    scalarData: voxels,
  })
  placeSlices(volume, meta, frameOfReference)
  return volume
}

/** Cornerstone gives all slices of a local volume the place of the first; each has its own. */
function placeSlices(volume: Types.IImageVolume, meta: VolumeMeta, frameOfReferenceUID: string): void {
  const grid = gridOf(meta)
  const [rowCosines, columnCosines] = [meta.direction.slice(0, 3), meta.direction.slice(3, 6)]
  volume.imageIds.forEach((imageId, k) => {
    const metadata = {
      frameOfReferenceUID, rows: meta.dims[1], columns: meta.dims[0], rowCosines, columnCosines,
      imageOrientationPatient: [...rowCosines, ...columnCosines], imagePositionPatient: [...toMm(grid, [0, 0, k])],
      pixelSpacing: [meta.spacing_mm[1], meta.spacing_mm[0]], rowPixelSpacing: meta.spacing_mm[1],
      columnPixelSpacing: meta.spacing_mm[0], sliceThickness: meta.spacing_mm[2],
    }
    utilities.genericMetadataProvider.add(imageId, { type: 'imagePlaneModule', metadata })
  })
}

export function dropVolume(volume: Types.IImageVolume): void {
  const { imageIds, volumeId } = volume
  cache.removeVolumeLoadObject(volumeId)
  for (const imageId of imageIds) if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId)
}

/** One volume on this page: described, seen coarsely, then sharpened slice by slice. */
import type { Types } from '@cornerstonejs/core'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { VolumeMeta } from '../api/types'
import { fetchMeta, fetchPreview, fillFromPreview, gridOf, type Stream, streamSlices } from '../bridge'
import { decoders } from '../bridge/decoders'
import type { Grid } from '../domain/geometry'
import { markFirst, markOpened } from '../testing'
import { deviceMemory, HalfPicture, isTooLarge, type Needs, needsOf } from './memory'

export interface Loading {
  readonly phase: 'describing' | 'asking' | 'coarse' | 'sharpening' | 'whole' | 'failed'
  /** Slices at full resolution, and slices in all. */
  readonly sharp: number
  readonly slices: number
  /** Every slice holds at least the coarse picture. */
  readonly isFilled: boolean
  readonly error: string | null
  /** While `asking`: the volume needs more memory than a page may take here. */
  readonly question: Question | null
}

export interface Question {
  readonly needs: Needs
  /** Goes on, with the picture at half resolution or whole. */
  readonly answer: (isHalf: boolean) => void
}

export const NOTHING_LOADED: Loading = { phase: 'describing', sharp: 0, slices: 0, isFilled: false, error: null, question: null }

const FILL_AT_ONCE = 24
const SHORTEST_REST_MS = 120
const LONGEST_REST_MS = 3_000
/** Drawing may take this share of the time while slices come, so that decoding gets the rest. */
const DRAWING_SHARE = 0.2

/** What is there once the volume is described. */
export interface Described {
  readonly meta: VolumeMeta
  readonly grid: Grid
  /** HU by flat index; 0 until filled. */
  readonly hu: Int16Array<ArrayBuffer>
  readonly preview: Int16Array<ArrayBuffer>
}

export class OpenVolume {
  readonly loading: StoreApi<Loading> = createStore(() => NOTHING_LOADED)
  /** Ends when the coarse picture and the grid are there. */
  readonly described: Promise<Described>
  private readonly stop = new AbortController()
  private readonly redraws = new Set<() => void>()
  private readonly isSharp = new Set<number>()
  /** Slices that hold at least the coarse picture. */
  private readonly filled = new Set<number>()
  private stream: Stream | null = null
  private restMs = SHORTEST_REST_MS
  /** Cornerstone's volume, once there is a stage for it: told which slices hold new voxels. */
  private drawn: Types.IImageVolume | null = null
  private hu: Int16Array<ArrayBuffer> | null = null
  private halfPicture: HalfPicture | null = null
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(readonly id: string) {
    markOpened()
    this.described = this.open()
    this.described.then((what) => this.sharpen(what)).catch((cause: unknown) => this.fail(cause))
  }

  /** Calls `draw` whenever new voxels should be drawn. */
  onVoxels(draw: () => void): () => void {
    this.redraws.add(draw)
    return () => this.redraws.delete(draw)
  }

  /** Tells Cornerstone's volume which slices hold new voxels; null when it is gone. */
  drawInto(volume: Types.IImageVolume | null): void {
    this.drawn = volume
    this.touch([...this.filled])
  }

  /** Tells how long drawing took, so that slow machines draw less often while slices come. */
  rest(drawingMs: number): void {
    this.restMs = Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, drawingMs / DRAWING_SHARE))
  }

  /** Draws anew what has come. */
  redraw(): void {
    this.touch([...this.filled])
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
  }

  private async open(): Promise<Described> {
    void decoders()
    const meta = await fetchMeta(this.id, this.stop.signal)
    await this.askIfTooLarge(meta)
    this.loading.setState({ slices: meta.dims[2] })
    const preview = await fetchPreview(meta, this.stop.signal)
    this.loading.setState({ phase: 'coarse' })
    const hu = new Int16Array(meta.dims[0] * meta.dims[1] * meta.dims[2])
    this.hu = hu
    return { meta, grid: gridOf(meta), hu, preview }
  }

  /** What is put into Cornerstone's volume: the volume itself, or its picture at half resolution. */
  shownOf({ meta, hu }: Described): { meta: VolumeMeta; voxels: Int16Array<ArrayBuffer> } {
    return this.halfPicture ?? { meta, voxels: hu }
  }

  /** Waits for the person's answer where the volume needs more than a page may take on this device. */
  private async askIfTooLarge(meta: VolumeMeta): Promise<void> {
    const needs = needsOf(meta.dims, deviceMemory())
    if (!isTooLarge(needs)) return
    const isHalf = await new Promise<boolean>((answer) => this.loading.setState({ phase: 'asking', question: { needs, answer } }))
    this.loading.setState({ phase: 'describing', question: null })
    if (isHalf) this.halfPicture = new HalfPicture(meta)
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
    markFirst('wholeVolume')
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
    for (const k of slices) {
      this.filled.add(k)
      this.drawn?.vtkOpenGLTexture.setUpdatedFrame(this.halfPicture && this.hu ? this.halfPicture.follow(this.hu, k) : k)
    }
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      this.drawn?.imageData?.modified()
      for (const draw of this.redraws) draw()
    }, this.restMs)
  }

  private fail(cause: unknown): void {
    if (this.stop.signal.aborted) return
    this.loading.setState({ phase: 'failed', error: cause instanceof Error ? cause.message : String(cause) })
  }
}

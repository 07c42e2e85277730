/** Keeps the surfaces of a viewer's vertebrae up to date without holding up the page. */
import type { SpineView } from '../spineView'
import type { FromMesher, ToMesher } from './mesher'
import type { Mesh } from './mesh'
import { ReducedMap, type Slab } from './reduced'

/** Milliseconds that strokes must rest before the surface follows. */
const REST_MS = 500
/** Milliseconds of reading voxels before the page may do something else. */
const PIECE_MS = 6

export interface BuilderEvents {
  readonly onMesh: (mesh: Mesh) => void
  readonly onGone: (number: number) => void
  readonly onBuilding: (isBuilding: boolean) => void
}

const breath = () => new Promise<void>((next) => setTimeout(next))

export class SurfaceBuilder {
  private readonly worker = new Worker(new URL('./surface.worker.ts', import.meta.url), { type: 'module' })
  private readonly map: ReducedMap
  private readonly dirty = new Set<number>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private edition = 0
  private labels: Uint8Array | null = null
  private readonly end: () => void

  constructor(
    private readonly view: SpineView,
    private readonly events: BuilderEvents,
  ) {
    this.map = new ReducedMap(view.grid)
    this.worker.addEventListener('message', ({ data }: MessageEvent<FromMesher>) => this.hear(data))
    this.end = view.onLabels((slices) => this.note(slices))
    this.note(null)
  }

  close(): void {
    clearTimeout(this.timer)
    this.edition++
    this.end()
    this.worker.terminate()
  }

  private note(slices: Iterable<number> | null): void {
    for (const k of slices ?? Array.from({ length: this.view.grid.dims[2] }, (_, at) => at)) this.dirty.add(this.map.layerOf(k))
    if (this.dirty.size === 0) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.send(), slices ? REST_MS : 0)
  }

  /** Reads the layers that changed, a few at a time, and hands them over together. */
  private async send(): Promise<void> {
    const edition = ++this.edition
    const labels = this.view.labelMap
    if (!labels || this.dirty.size === 0) return
    if (this.view.editor.isPainting) {
      this.timer = setTimeout(() => void this.send(), REST_MS)
      return
    }
    this.events.onBuilding(true)
    if (labels.length !== this.labels?.length) this.post({ kind: 'map', shape: { dims: this.map.dims, affine: this.map.affine } })
    this.labels = labels
    const slabs: Slab[] = []
    let until = performance.now() + PIECE_MS
    for (const k of [...this.dirty]) {
      if (performance.now() > until) {
        await breath()
        if (edition !== this.edition) return
        until = performance.now() + PIECE_MS
      }
      slabs.push(this.map.layer(labels, k))
    }
    for (const { k } of slabs) this.dirty.delete(k)
    this.post({ kind: 'slabs', edition, slabs }, slabs.map((slab) => slab.labels.buffer))
  }

  private post(message: ToMesher, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer)
  }

  private hear(message: FromMesher): void {
    if (message.kind === 'mesh') this.events.onMesh(message.mesh)
    else if (message.kind === 'gone') this.events.onGone(message.number)
    else if (message.edition === this.edition) this.events.onBuilding(false)
  }
}

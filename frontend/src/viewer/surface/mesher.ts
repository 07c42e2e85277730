/** What the worker does, apart from being one: keeps the reduced map and meshes what changed in it. */
import { type Affine, type Mesh, meshOf } from './mesh'
import { boxesOf, netOf } from './nets'
import type { Slab } from './reduced'

export interface MapShape {
  readonly dims: readonly [number, number, number]
  readonly affine: Affine
}

export type ToMesher = { readonly kind: 'map'; readonly shape: MapShape } | { readonly kind: 'slabs'; readonly edition: number; readonly slabs: readonly Slab[] }
export type FromMesher =
  | { readonly kind: 'mesh'; readonly mesh: Mesh }
  | { readonly kind: 'gone'; readonly number: number }
  | { readonly kind: 'done'; readonly edition: number }

export class Mesher {
  private labels = new Uint8Array(0)
  private shape: MapShape = { dims: [0, 0, 0], affine: [] }
  private readonly changed = new Set<number>()
  private edition = 0
  private isRunning = false

  /** @param rest gives way to messages that wait; newer layers are taken up before the next mesh. */
  constructor(
    private readonly tell: (message: FromMesher) => void,
    private readonly rest: () => Promise<void>,
  ) {}

  take(message: ToMesher): void {
    if (message.kind === 'map') {
      this.shape = message.shape
      const [ni, nj, nk] = message.shape.dims
      this.labels = new Uint8Array(ni * nj * nk)
      this.changed.clear()
      return
    }
    for (const slab of message.slabs) this.lay(slab)
    this.edition = message.edition
    if (!this.isRunning) void this.run()
  }

  private lay({ k, labels }: Slab): void {
    const from = k * labels.length
    for (let at = 0; at < labels.length; at++) {
      const [old, now] = [this.labels[from + at] as number, labels[at] as number]
      if (old === now) continue
      this.changed.add(old).add(now)
      this.labels[from + at] = now
    }
    this.changed.delete(0)
  }

  private async run(): Promise<void> {
    this.isRunning = true
    while (this.changed.size > 0) {
      const edition = this.edition
      const boxes = boxesOf(this.labels, this.shape.dims, this.changed)
      for (const number of [...this.changed]) {
        await this.rest()
        if (this.edition !== edition) break
        this.changed.delete(number)
        const box = boxes.get(number)
        if (!box) this.tell({ kind: 'gone', number })
        else this.tell({ kind: 'mesh', mesh: meshOf(number, netOf(this.labels, this.shape.dims, number, box), this.shape.affine) })
      }
    }
    this.isRunning = false
    this.tell({ kind: 'done', edition: this.edition })
  }
}

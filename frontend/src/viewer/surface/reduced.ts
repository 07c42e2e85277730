/** The label map at the resolution of its surface, filled piece by piece so that the page stays free. */
import { type Grid, toMm } from '../../domain/geometry'
import type { Affine } from './mesh'

const TARGET_MM = 1.5

export interface Slab {
  readonly k: number
  readonly labels: Uint8Array<ArrayBuffer>
}

export class ReducedMap {
  readonly factor: readonly [number, number, number]
  readonly dims: readonly [number, number, number]
  readonly affine: Affine

  constructor(private readonly grid: Grid) {
    const per = (axis: 0 | 1 | 2) => Math.max(1, Math.round(TARGET_MM / grid.spacingMm[axis]))
    this.factor = [per(0), per(1), per(2)]
    const count = (axis: 0 | 1 | 2) => Math.ceil(grid.dims[axis] / this.factor[axis])
    this.dims = [count(0), count(1), count(2)]
    const origin = toMm(grid, [this.within(0, 0), this.within(1, 0), this.within(2, 0)])
    const columns = [0, 1, 2].flatMap((axis) =>
      [0, 1, 2].map((c) => (grid.direction[3 * axis + c] as number) * (grid.spacingMm[axis] as number) * (this.factor[axis] as number)))
    this.affine = [...columns, ...origin]
  }

  /** The layer that shows a sagittal slice of the whole map. */
  layerOf = (k: number): number => Math.min(this.dims[2] - 1, Math.floor(k / this.factor[2]))

  /** One layer, every so many voxels of the whole map. */
  layer(labels: Uint8Array, k: number): Slab {
    const [ni, nj] = this.dims
    const picked = new Uint8Array(ni * nj)
    const rows = this.grid.dims[0]
    const base = rows * this.grid.dims[1] * this.within(2, k)
    for (let j = 0; j < nj; j++) {
      const from = base + rows * this.within(1, j)
      for (let i = 0; i < ni; i++) picked[i + ni * j] = labels[from + this.within(0, i)] as number
    }
    return { k, labels: picked }
  }

  /** The voxel of the whole map that stands for a place: the middle one, within the map. */
  private within(axis: 0 | 1 | 2, place: number): number {
    return Math.min(this.grid.dims[axis] - 1, place * this.factor[axis] + (this.factor[axis] >> 1))
  }
}

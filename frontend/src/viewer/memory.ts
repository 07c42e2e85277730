/** How much memory a volume needs here, and what the device has for it. */
import type { VolumeMeta } from '../api/types'
import { toMm } from '../domain/geometry'
import { gridOf } from '../bridge'

/** HU and label map, two bytes and one, each held once by the page and once as a texture. */
export const BYTES_PER_VOXEL = 6
const HU_BYTES = 2
/** The system, the browser and other pages need the rest. */
const SHARE = 0.5
const GIB = 2 ** 30

type Dims = readonly [number, number, number]
const voxelsOf = ([ni, nj, nk]: Dims): number => ni * nj * nk
const halfDims = (dims: Dims): [number, number, number] => [Math.ceil(dims[0] / 2), Math.ceil(dims[1] / 2), Math.ceil(dims[2] / 2)]

export interface Needs {
  readonly bytes: number
  /** With the picture's texture at half resolution; voxels and masks stay as they are. */
  readonly halfBytes: number
  /** What a page may take on this device; null where the browser does not say. */
  readonly mayTake: number | null
}

export function needsOf(dims: Dims, deviceMemoryGib: number | undefined): Needs {
  const bytes = BYTES_PER_VOXEL * voxelsOf(dims)
  const saved = HU_BYTES * (voxelsOf(dims) - 2 * voxelsOf(halfDims(dims)))
  return { bytes, halfBytes: bytes - Math.max(0, saved), mayTake: deviceMemoryGib === undefined ? null : SHARE * GIB * deviceMemoryGib }
}

export const isTooLarge = ({ bytes, mayTake }: Needs): boolean => mayTake !== null && bytes > mayTake

/** Gibibytes of the device as the browser tells them, rounded and capped for privacy; undefined where it does not. */
export const deviceMemory = (): number | undefined => (navigator as Navigator & { deviceMemory?: number }).deviceMemory

/** A picture of half the resolution that follows the volume slice by slice. */
export class HalfPicture {
  readonly meta: VolumeMeta
  readonly voxels: Int16Array<ArrayBuffer>

  constructor(private readonly whole: VolumeMeta) {
    const dims = halfDims(whole.dims)
    const [x, y, z] = whole.spacing_mm
    const origin = toMm(gridOf(whole), [0.5, 0.5, whole.dims[2] > 1 ? 0.5 : 0])
    this.meta = { ...whole, dims, spacing_mm: [2 * x, 2 * y, 2 * z], origin_mm: [...origin] }
    this.voxels = new Int16Array(voxelsOf(dims))
  }

  /** Takes slice `k` of the volume into its half slice, the mean of each block; returns which one that is. */
  follow(hu: Int16Array, k: number): number {
    const half = k >> 1
    const [ni, nj, nk] = this.whole.dims
    const [hi, hj] = this.meta.dims
    const slices = [2 * half, Math.min(2 * half + 1, nk - 1)]
    for (let j = 0; j < hj; j++)
      for (let i = 0; i < hi; i++) {
        let sum = 0
        for (const slice of slices)
          for (const row of [2 * j, Math.min(2 * j + 1, nj - 1)]) {
            const at = ni * (row + nj * slice)
            sum += (hu[at + 2 * i] as number) + (hu[at + Math.min(2 * i + 1, ni - 1)] as number)
          }
        this.voxels[i + hi * (j + hj * half)] = Math.round(sum / 8)
      }
    return half
  }
}

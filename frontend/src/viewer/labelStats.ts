/** Size and middle of each vertebra in a label map. */
import { type Grid, toMm, type Vec3 } from '../domain/geometry'

export interface LabelStats {
  readonly voxels: number
  /** LPS millimetres of the mean of its voxels. */
  readonly middleMm: Vec3
}

/** One walk over the whole map; not for use within a stroke. */
export function labelStats(grid: Grid, labels: Uint8Array): Map<number, LabelStats> {
  const [ni, nj, nk] = grid.dims
  const sums = new Float64Array(4 * 256)
  let index = 0
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++)
      for (let i = 0; i < ni; i++) {
        const at = 4 * (labels[index++] as number)
        if (at === 0) continue
        sums[at] = (sums[at] as number) + 1
        sums[at + 1] = (sums[at + 1] as number) + i
        sums[at + 2] = (sums[at + 2] as number) + j
        sums[at + 3] = (sums[at + 3] as number) + k
      }
  const stats = new Map<number, LabelStats>()
  for (let number = 1; number < 256; number++) {
    const [voxels, i, j, k] = sums.subarray(4 * number, 4 * number + 4) as unknown as [number, number, number, number]
    if (voxels > 0) stats.set(number, { voxels, middleMm: toMm(grid, [i / voxels, j / voxels, k / voxels]) })
  }
  return stats
}

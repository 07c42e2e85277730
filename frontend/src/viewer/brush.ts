/**
 * Painting on a label map: discs within one slice and balls, swept along the cursor's way, limited by
 * density and by locked neighbours. Pure: what a stroke changed is read from the map of old values.
 */
import type { Grid } from '../domain/geometry'
import { type HuRange, isWithin } from './tools/input'

type Axis = 0 | 1 | 2
type Index = readonly [number, number, number]

export interface Brush {
  readonly radiusMm: number
  /** Voxel axis across the slice that a disc lies in; null paints a ball. */
  readonly across: Axis | null
  /** Value painted; 0 erases. */
  readonly value: number
  /** Whether a voxel with this value may be changed. */
  readonly mayChange: (value: number) => boolean
  /** HU painted on, or null for any. */
  readonly paintOn: HuRange | null
}

export interface Canvas {
  readonly grid: Grid
  readonly labels: Uint8Array
  readonly hu: Int16Array
  /** Value before the stroke of every voxel it changed, by flat index. */
  readonly before: Map<number, number>
}

interface Box {
  readonly low: Index
  readonly high: Index
}

const isAxis = (axis: number): axis is Axis => axis === 0 || axis === 1 || axis === 2

/** Voxels within reach of the way from `from` to `to` (fractional voxel indices). */
export function boxAround({ dims, spacingMm }: Grid, brush: Brush, from: Index, to: Index): Box {
  const low = [0, 0, 0]
  const high = [0, 0, 0]
  for (const axis of [0, 1, 2]) {
    if (!isAxis(axis)) continue
    const reach = axis === brush.across ? 0 : brush.radiusMm / spacingMm[axis]
    const [least, most] = [Math.min(from[axis], to[axis]), Math.max(from[axis], to[axis])]
    low[axis] = Math.max(0, Math.round(least - reach))
    high[axis] = Math.min(dims[axis] - 1, Math.round(most + reach))
  }
  return { low: low as unknown as Index, high: high as unknown as Index }
}

/** Tells whether a voxel centre is within the radius of the way; a disc looks within its slice only. */
export function reachOf(grid: Grid, brush: Brush, from: Index, to: Index): (i: number, j: number, k: number) => boolean {
  const weight = ([0, 1, 2] as const).map((axis) => (axis === brush.across ? 0 : grid.spacingMm[axis])) as unknown as Index
  const scaled = (p: Index): Index => [p[0] * weight[0], p[1] * weight[1], p[2] * weight[2]]
  const a = scaled(from)
  const b = scaled(to)
  const way: Index = [b[0] - a[0], b[1] - a[1], b[2] - a[2]]
  const length2 = way[0] ** 2 + way[1] ** 2 + way[2] ** 2
  const radius2 = brush.radiusMm ** 2
  return (i, j, k) => {
    const x = i * weight[0] - a[0]
    const y = j * weight[1] - a[1]
    const z = k * weight[2] - a[2]
    const share = length2 === 0 ? 0 : Math.min(1, Math.max(0, (x * way[0] + y * way[1] + z * way[2]) / length2))
    return (x - share * way[0]) ** 2 + (y - share * way[1]) ** 2 + (z - share * way[2]) ** 2 <= radius2
  }
}

/**
 * Sweeps the brush from one place to another; returns the sagittal slices (k) it changed.
 *
 * @param from fractional voxel index (i, j, k); `to` likewise, equal for a dab. The voxel under `to`
 *   is painted even by a brush smaller than a voxel.
 */
export function sweep(canvas: Canvas, brush: Brush, from: Index, to: Index): Set<number> {
  const { grid, labels, hu, before } = canvas
  const [ni, nj] = grid.dims
  const { low, high } = boxAround(grid, brush, from, to)
  const isReached = reachOf(grid, brush, from, to)
  const under = to.map(Math.round)
  const changed = new Set<number>()
  for (let k = low[2]; k <= high[2]; k++)
    for (let j = low[1]; j <= high[1]; j++)
      for (let i = low[0]; i <= high[0]; i++) {
        const isUnder = i === under[0] && j === under[1] && k === under[2]
        if (!isUnder && !isReached(i, j, k)) continue
        const index = i + ni * (j + nj * k)
        const value = labels[index] as number
        if (value === brush.value || !brush.mayChange(value)) continue
        if (!isWithin(hu[index] as number, brush.paintOn)) continue
        if (!before.has(index)) before.set(index, value)
        labels[index] = brush.value
        changed.add(k)
      }
  return changed
}

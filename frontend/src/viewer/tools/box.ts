/** Boxes of voxels cut out of a volume, so that a tool looks at one vertebra only. */
import type { Runs } from '../../bridge'
import { flatIndex, type Vec3 } from '../../domain/geometry'
import type { ToolInput } from './input'

/** First and last voxel (i, j, k), both within the box. */
export interface Box {
  readonly low: Vec3
  readonly high: Vec3
}

export const sizeOf = ({ low, high }: Box): Vec3 => [high[0] - low[0] + 1, high[1] - low[1] + 1, high[2] - low[2] + 1]
export const voxelsOf = (box: Box): number => sizeOf(box).reduce((product, size) => product * size, 1)

const vec = (value: (axis: 0 | 1 | 2) => number): Vec3 => [value(0), value(1), value(2)]

/**
 * The box around all voxels of a vertebra, or null where it has none. Looks at the map once: about
 * 45 ms of one core for 512 x 512 x 600 voxels.
 */
export function boxOf(dims: Vec3, labels: Uint8Array, number: number): Box | null {
  const [ni, nj] = dims
  let [lowI, lowJ, highI, highJ] = [ni, nj, -1, -1]
  let [firstK, lastK] = [-1, -1]
  for (let at = labels.indexOf(number); at >= 0; ) {
    const row = Math.floor(at / ni)
    const start = row * ni
    const j = row % nj
    lastK = Math.floor(row / nj)
    if (firstK < 0) firstK = lastK
    lowI = Math.min(lowI, at - start)
    lowJ = Math.min(lowJ, j)
    highJ = Math.max(highJ, j)
    let i = ni - 1
    while (i > highI && labels[start + i] !== number) i--
    highI = i
    at = labels.indexOf(number, start + ni)
  }
  return firstK < 0 ? null : { low: [lowI, lowJ, firstK], high: [highI, highJ, lastK] }
}

/** The box made larger by some voxels along each axis, within the volume. */
export function grown({ low, high }: Box, by: Vec3, dims: Vec3): Box {
  return { low: vec((a) => Math.max(0, low[a] - by[a])), high: vec((a) => Math.min(dims[a] - 1, high[a] + by[a])) }
}

/** The smallest box around both. */
export function around(a: Box | null, b: Box | null): Box | null {
  if (!a || !b) return a ?? b
  return { low: vec((axis) => Math.min(a.low[axis], b.low[axis])), high: vec((axis) => Math.max(a.high[axis], b.high[axis])) }
}

/** Voxels along each axis that reach at least so many millimetres. */
export const voxelsFor = (spacingMm: Vec3, mm: number): Vec3 => vec((axis) => Math.ceil(mm / spacingMm[axis]))

/** Copies the box out of an array over the volume. */
export function cutOut<A extends Uint8Array | Int16Array>(values: A, dims: Vec3, box: Box): A {
  const [ni, nj, nk] = sizeOf(box)
  const cut = new (values.constructor as new (n: number) => A)(ni * nj * nk)
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++) {
      const start = flatIndex(dims, box.low[0], box.low[1] + j, box.low[2] + k)
      cut.set(values.subarray(start, start + ni) as A & ArrayLike<number>, ni * (j + nj * k))
    }
  return cut
}

/** The same input, for the voxels of the box only. */
export function cropped(input: ToolInput, box: Box): ToolInput {
  const { dims, spacingMm } = input.grid
  return {
    ...input,
    grid: { dims: sizeOf(box), spacingMm },
    labels: cutOut(input.labels, dims, box),
    hu: cutOut(input.hu, dims, box),
  }
}

/**
 * Runs over the whole volume that turn the box as it was into the box as it is to be.
 *
 * @param before values of the box before, by the box's own flat index; `after` likewise.
 */
export function runsInBox(dims: Vec3, box: Box, before: Uint8Array, after: Uint8Array): Runs {
  const [ni, nj, nk] = sizeOf(box)
  const runs: [number, number, number, number][] = []
  let at = 0
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++) {
      const start = flatIndex(dims, box.low[0], box.low[1] + j, box.low[2] + k)
      for (let i = 0; i < ni; i++, at++) {
        const was = before[at] as number
        const is = after[at] as number
        if (was === is) continue
        const last = runs.at(-1)
        if (last && last[0] + last[1] === start + i && last[2] === was && last[3] === is) last[1]++
        else runs.push([start + i, 1, was, is])
      }
    }
  return {
    starts: Uint32Array.from(runs, (run) => run[0]),
    lengths: Uint32Array.from(runs, (run) => run[1]),
    old: Uint8Array.from(runs, (run) => run[2]),
    new: Uint8Array.from(runs, (run) => run[3]),
  }
}

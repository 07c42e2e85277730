/** Small uneven volumes with lumps, for the tests of the tools. */
import { flatIndex, type Grid, ijkOf, type Vec3 } from '../../domain/geometry'
import { freeOf, type HuRange, type Outcome, isRefusal, type ToolInput } from './input'

const turn = Math.PI / 7
export const GRID: Grid = {
  dims: [17, 14, 9], spacingMm: [0.7, 0.9, 2], originMm: [-12, 31, 7],
  direction: [0, Math.cos(turn), Math.sin(turn), 0, Math.sin(turn), -Math.cos(turn), -1, 0, 0],
}
export const N = GRID.dims[0] * GRID.dims[1] * GRID.dims[2]

/** Numbers in [0, 1) that are the same on every run. */
export function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

export const at = (i: number, j: number, k: number) => flatIndex(GRID.dims, i, j, k)
export const ijk = (index: number) => ijkOf(GRID.dims, index)

export interface Sample extends ToolInput {
  readonly grid: Grid
  readonly labels: Uint8Array
}

/** An input with nothing painted and noise of 0-999 HU; level 2 is in hand and its neighbours are locked. */
export function sample(more: { seed?: number; lock?: boolean; paintOn?: HuRange | null } = {}): Sample {
  const next = numbersFrom(more.seed ?? 1)
  const hu = Int16Array.from({ length: N }, () => Math.floor(1000 * next()))
  return { grid: GRID, labels: new Uint8Array(N), hu, active: 2, mayChange: freeOf(2, more.lock ?? true), paintOn: more.paintOn ?? null }
}

export function block(input: Sample, number: number, low: Vec3, high: Vec3): Sample {
  for (let k = low[2]; k <= high[2]; k++) for (let j = low[1]; j <= high[1]; j++) input.labels.fill(number, at(low[0], j, k), at(high[0], j, k) + 1)
  return input
}

/** Lumps of level 2 and of its neighbours 1 and 3, with holes, islands and contacts. */
export function lumps(seed: number, more: { lock?: boolean; paintOn?: HuRange | null } = {}): Sample {
  const input = sample({ seed, ...more })
  const next = numbersFrom(seed + 100)
  for (let lump = 0; lump < 14; lump++) {
    const low = GRID.dims.map((size) => Math.floor(next() * size)) as unknown as Vec3
    const high = GRID.dims.map((size, axis) => Math.min(size - 1, (low[axis] as number) + Math.floor(next() * 5))) as unknown as Vec3
    block(input, [2, 2, 0, 1, 2, 3, 0][lump % 7] as number, low, high)
  }
  return input
}

export function done(outcome: Outcome): Uint8Array {
  if (isRefusal(outcome)) throw new Error(`refused: ${outcome.refused}`)
  return outcome
}

export const mmBetween = (a: Vec3, b: Vec3, axes: readonly (0 | 1 | 2)[] = [0, 1, 2]) =>
  Math.hypot(...axes.map((axis) => (a[axis] - b[axis]) * GRID.spacingMm[axis]))
export const all = Array.from({ length: N }, (_, index) => index)

/** Outlines of label maps on one sagittal slice, along the edges of voxels. */

/** One slice of a label map, row major: columns along i, rows along j. */
export interface LabelSlice {
  readonly columns: number
  readonly rows: number
  readonly values: Uint8Array
}

/** A straight piece of an outline, in voxel indices: voxel (i, j) reaches from i - 0.5 to i + 0.5. */
export type Edge = readonly [x1: number, y1: number, x2: number, y2: number]

/** Slice `k` of a whole map by flat index. */
export function sliceOf(labels: Uint8Array, dims: readonly [number, number, number], k: number): LabelSlice {
  const [columns, rows] = dims
  return { columns, rows, values: labels.subarray(k * columns * rows, (k + 1) * columns * rows) }
}

/** The slice that holds most voxels with a bit; the middle one where none does. */
export function fullestSlice(labels: Uint8Array, dims: readonly [number, number, number], bit: number): number {
  const size = dims[0] * dims[1]
  let best = { k: Math.floor(dims[2] / 2), n: 0 }
  for (let k = 0; k < dims[2]; k++) {
    let n = 0
    for (let flat = k * size; flat < (k + 1) * size; flat++) if ((labels[flat] as number) & bit) n++
    if (n > best.n) best = { k, n }
  }
  return best.k
}

/** The edges between voxels with a bit and those without. */
export function edgesOf({ columns, rows, values }: LabelSlice, bit: number): Edge[] {
  const is = (i: number, j: number) => i >= 0 && j >= 0 && i < columns && j < rows && ((values[j * columns + i] as number) & bit) !== 0
  const edges: Edge[] = []
  for (let j = 0; j <= rows; j++)
    for (let i = 0; i <= columns; i++) {
      if (is(i, j) !== is(i - 1, j)) edges.push([i - 0.5, j - 0.5, i - 0.5, j + 0.5])
      if (is(i, j) !== is(i, j - 1)) edges.push([i - 0.5, j - 0.5, i + 0.5, j - 0.5])
    }
  return edges
}

/** Runs of voxels with a bit: row, first and last column. */
export function runsOf({ columns, rows, values }: LabelSlice, bit: number): (readonly [row: number, first: number, last: number])[] {
  const runs: (readonly [number, number, number])[] = []
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < columns; i++) {
      if (!((values[row * columns + i] as number) & bit)) continue
      const first = i
      while (i + 1 < columns && (values[row * columns + i + 1] as number) & bit) i++
      runs.push([row, first, i])
    }
  return runs
}

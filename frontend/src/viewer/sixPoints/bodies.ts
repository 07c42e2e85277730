/** Where the bodies of painted vertebrae lie, for cases without a model's centres. */
import { flatIndex, type Grid, onGrid, toMm, type Vec3 } from '../../domain/geometry'

export interface Body {
  readonly centreMm: Vec3
  /** From front to back, and from top to bottom, in the middle of the body, in picture millimetres. */
  readonly depthMm: number
  readonly heightMm: number
}

/** A run this long from front to back is a body's, not a process's. */
const SHORTEST_DEPTH_MM = 8
const PLAIN = { depthMm: 28, heightMm: 20 }

/** Finds the body of each vertebra in the sagittal slice through the middle of its voxels.
 *
 * The body is the foremost run of each row: behind it lies the canal.
 */
export function bodiesOf(grid: Grid, labels: Uint8Array): Map<number, Body> {
  const bodies = new Map<number, Body>()
  for (const [number, middle] of middles(grid, labels)) bodies.set(number, bodyOf(grid, labels, number, middle))
  return bodies
}

/** Mean voxel index of each number. */
function middles(grid: Grid, labels: Uint8Array): Map<number, Vec3> {
  const [ni, nj] = grid.dims
  const sums = new Map<number, [number, number, number, number]>()
  for (let flat = 0; flat < labels.length; flat++) {
    const number = labels[flat] ?? 0
    if (number === 0) continue
    const sum = sums.get(number) ?? [0, 0, 0, 0]
    sum[0] += flat % ni
    sum[1] += Math.floor(flat / ni) % nj
    sum[2] += Math.floor(flat / (ni * nj))
    sum[3]++
    sums.set(number, sum)
  }
  return new Map([...sums].map(([number, [i, j, k, n]]) => [number, [i / n, j / n, k / n]]))
}

interface Run {
  readonly row: number
  readonly first: number
  readonly last: number
}

function bodyOf(grid: Grid, labels: Uint8Array, number: number, middle: Vec3): Body {
  const k = Math.round(middle[2])
  const [iMm, jMm] = grid.spacingMm
  const is = (i: number, j: number) => labels[flatIndex(grid.dims, i, j, k)] === number
  const runs = foremostRuns(grid, is).filter((run) => (run.last - run.first + 1) * iMm >= onGrid(grid, SHORTEST_DEPTH_MM))
  const inMiddle = runs[Math.floor(runs.length / 2)]
  if (inMiddle === undefined) return { centreMm: toMm(grid, [middle[0], middle[1], k]), ...PLAIN }
  const i = median(runs.map((run) => (run.first + run.last) / 2))
  const own = runs.filter((run) => run.first <= i && i <= run.last)
  const [top, bottom] = [own[0] ?? inMiddle, own.at(-1) ?? inMiddle]
  return {
    centreMm: toMm(grid, [i, (top.row + bottom.row) / 2, k]),
    depthMm: median(own.map((run) => run.last - run.first + 1)) * iMm / onGrid(grid, 1),
    heightMm: ((bottom.row - top.row + 1) * jMm) / onGrid(grid, 1),
  }
}

function foremostRuns(grid: Grid, is: (i: number, j: number) => boolean): Run[] {
  const [ni, nj] = grid.dims
  const runs: Run[] = []
  for (let row = 0; row < nj; row++) {
    let first = 0
    while (first < ni && !is(first, row)) first++
    if (first === ni) continue
    let last = first
    while (last + 1 < ni && is(last + 1, row)) last++
    runs.push({ row, first, last })
  }
  return runs
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

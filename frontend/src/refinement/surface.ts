/** How far voxels lie from a set of voxels, in millimetres, exactly (Felzenszwalb and Huttenlocher 2012). */
import type { Grid, Vec3 } from '../domain/geometry'

interface Box {
  readonly low: Vec3
  readonly size: Vec3
}

/**
 * The furthest that each level's added voxels lie from the level as it was, and its removed voxels from
 * the level as it is: millimetres between middles of voxels. Levels that are new or gone have none.
 */
export function furthestMm(grid: Grid, before: Uint8Array, now: Uint8Array, numbers: readonly number[]): ReadonlyMap<number, number> {
  const boxes = boxesOf(grid, before, now)
  const found = new Map<number, number>()
  for (const number of numbers) {
    const box = boxes.get(number)
    if (!box) continue
    const [was, is] = [cut(grid, before, number, box), cut(grid, now, number, box)]
    if (!was.includes(1) || !is.includes(1)) continue
    found.set(number, Math.sqrt(Math.max(furthest(was, is, box, grid), furthest(is, was, box, grid))))
  }
  return found
}

/** The largest squared distance of voxels of `set` from `from`. */
function furthest(from: Uint8Array, set: Uint8Array, box: Box, grid: Grid): number {
  const squared = distances(from, box, grid)
  let most = 0
  for (let at = 0; at < set.length; at++) if (set[at] === 1) most = Math.max(most, squared[at] as number)
  return most
}

/** The box of each number that either map holds. */
function boxesOf({ dims: [ni, nj, nk] }: Grid, a: Uint8Array, b: Uint8Array): ReadonlyMap<number, Box> {
  const ends = new Map<number, [number, number, number, number, number, number]>()
  const note = (number: number, i: number, j: number, k: number) => {
    const box = ends.get(number)
    if (!box) return ends.set(number, [i, j, k, i, j, k])
    if (i < box[0]) box[0] = i
    if (j < box[1]) box[1] = j
    if (i > box[3]) box[3] = i
    if (j > box[4]) box[4] = j
    return (box[5] = k)
  }
  for (let k = 0, index = 0; k < nk; k++)
    for (let j = 0; j < nj; j++)
      for (let i = 0; i < ni; i++, index++) {
        const was = a[index] as number
        const is = b[index] as number
        if (was !== 0) note(was, i, j, k)
        if (is !== 0 && is !== was) note(is, i, j, k)
      }
  return new Map([...ends].map(([number, [i, j, k, li, lj, lk]]) => [number, { low: [i, j, k], size: [li - i + 1, lj - j + 1, lk - k + 1] }]))
}

function cut({ dims: [ni, nj] }: Grid, labels: Uint8Array, number: number, { low, size }: Box): Uint8Array {
  const out = new Uint8Array(size[0] * size[1] * size[2])
  let at = 0
  for (let k = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++) {
      const row = low[0] + ni * (low[1] + j + nj * (low[2] + k))
      for (let i = 0; i < size[0]; i++) out[at++] = labels[row + i] === number ? 1 : 0
    }
  return out
}

/** Squared millimetres from each voxel of the box to the nearest voxel of the set. */
function distances(set: Uint8Array, { size: [ni, nj, nk] }: Box, { spacingMm }: Grid): Float64Array {
  const found = Float64Array.from(set, (one) => (one === 1 ? 0 : Number.POSITIVE_INFINITY))
  const steps = [1, ni, ni * nj]
  const counts = [ni, nj, nk]
  for (let axis = 0; axis < 3; axis++) {
    const [n, step, mm] = [counts[axis] as number, steps[axis] as number, spacingMm[axis] as number]
    const line = new Float64Array(n)
    for (let start = 0; start < found.length; start++) {
      if (Math.floor(start / step) % n !== 0) continue
      for (let at = 0; at < n; at++) line[at] = found[start + at * step] as number
      envelope(line, mm)
      for (let at = 0; at < n; at++) found[start + at * step] = line[at] as number
    }
  }
  return found
}

/** Replaces each value f(q) of a line by the least of f(p) + (mm (q - p))^2. */
function envelope(line: Float64Array, mm: number): void {
  const n = line.length
  const f = line.slice()
  const hull: number[] = []
  const begins: number[] = []
  for (let q = 0; q < n; q++) {
    if (f[q] === Number.POSITIVE_INFINITY) continue
    let begin = Number.NEGATIVE_INFINITY
    while (hull.length > 0) {
      const p = hull.at(-1) as number
      begin = ((f[q] as number) - (f[p] as number) + mm * mm * (q * q - p * p)) / (2 * mm * mm * (q - p))
      if (begin > (begins.at(-1) as number)) break
      hull.pop()
      begins.pop()
      begin = Number.NEGATIVE_INFINITY
    }
    hull.push(q)
    begins.push(begin)
  }
  for (let q = 0, at = 0; q < n && hull.length > 0; q++) {
    while (at + 1 < hull.length && (begins[at + 1] as number) < q) at++
    const p = hull[at] as number
    line[q] = (f[p] as number) + (mm * (q - p)) ** 2
  }
}

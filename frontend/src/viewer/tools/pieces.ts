/** Connected pieces of a set of voxels. */
import type { Vec3 } from '../../domain/geometry'

/** `faces`: voxels that share a face; `corners`: also an edge or a corner, as the checks of the spine count pieces. */
export type Touching = 'faces' | 'corners'

export interface Pieces {
  /** Piece of each voxel, from 1 in the order of the flat index; 0 outside the set. */
  readonly of: Int32Array
  /** Voxels of each piece; place 0 is not used. */
  readonly sizes: readonly number[]
}

type Step = readonly [number, number, number]

/** Steps to the voxels that touch one; with `across`, only those in the same slice. */
export function stepsTo(touching: Touching, across: 0 | 1 | 2 | null = null): Step[] {
  const steps: Step[] = []
  for (const k of [-1, 0, 1])
    for (const j of [-1, 0, 1])
      for (const i of [-1, 0, 1]) {
        const step: Step = [i, j, k]
        const far = Math.abs(i) + Math.abs(j) + Math.abs(k)
        if (far === 0 || (touching === 'faces' && far > 1) || (across !== null && step[across] !== 0)) continue
        steps.push(step)
      }
  return steps
}

/** Parts a set of voxels into its pieces. */
export function piecesOf(dims: Vec3, isIn: (index: number) => boolean, steps: readonly Step[]): Pieces {
  const n = dims[0] * dims[1] * dims[2]
  const of = new Int32Array(n)
  const sizes = [0]
  const waiting: number[] = []
  for (let first = 0; first < n; first++) {
    if (of[first] !== 0 || !isIn(first)) continue
    const piece = sizes.length
    let size = 0
    of[first] = piece
    waiting.push(first)
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      size++
      eachNeighbour(dims, index, steps, (next) => {
        if (of[next] !== 0 || !isIn(next)) return
        of[next] = piece
        waiting.push(next)
      })
    }
    sizes.push(size)
  }
  return { of, sizes }
}

/** Calls `act` with the flat index of every voxel within the grid that the steps lead to. */
export function eachNeighbour(dims: Vec3, index: number, steps: readonly Step[], act: (index: number) => void): void {
  const [ni, nj, nk] = dims
  const i = index % ni
  const j = Math.floor(index / ni) % nj
  const k = Math.floor(index / (ni * nj))
  for (const [di, dj, dk] of steps) {
    const [x, y, z] = [i + di, j + dj, k + dk]
    if (x >= 0 && y >= 0 && z >= 0 && x < ni && y < nj && z < nk) act(x + ni * (y + nj * z))
  }
}

/** The largest piece, the first of equals; 0 where there is none. */
export function largestOf({ sizes }: Pieces): number {
  let best = 0
  for (let piece = 1; piece < sizes.length; piece++) if (best === 0 || (sizes[piece] as number) > (sizes[best] as number)) best = piece
  return best
}

/** Where two versions of a vertebra differ most: the slice on which they are shown side by side. */
import { type Grid, toMm, type Vec3 } from '../domain/geometry'
import type { Versions } from './merge'

interface Seen {
  readonly perSlice: Uint32Array
  i: number
  j: number
  n: number
}

function note(seen: Seen | undefined, i: number, j: number, k: number, isApart: boolean): void {
  if (!seen) return
  seen.i += i
  seen.j += j
  seen.n++
  if (isApart) seen.perSlice[k] = (seen.perSlice[k] as number) + 1
}

/** LPS millimetres per vertebra number: its middle, on the sagittal slice with the most differing voxels. */
export function placesOf({ before, mine, theirs }: Versions, grid: Grid, numbers: readonly number[]): ReadonlyMap<number, Vec3> {
  const [ni, nj, nk] = grid.dims
  const wanted = new Map(numbers.map((number): [number, Seen] => [number, { perSlice: new Uint32Array(nk), i: 0, j: 0, n: 0 }]))
  let index = 0
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++)
      for (let i = 0; i < ni; i++, index++) {
        const b = before.labels[index] as number
        const m = mine.labels[index] as number
        const t = theirs.labels[index] as number
        if (b + m + t === 0) continue
        const isApart = b !== m || b !== t
        note(wanted.get(t), i, j, k, isApart)
        if (m !== t) note(wanted.get(m), i, j, k, isApart)
        if (b !== t && b !== m) note(wanted.get(b), i, j, k, isApart)
      }
  return new Map([...wanted].map(([number, { perSlice, i, j, n }]) => {
    const k = perSlice.indexOf(Math.max(...perSlice))
    return [number, toMm(grid, [i / Math.max(n, 1), j / Math.max(n, 1), k])]
  }))
}

/**
 * Voxels and patient millimetres. World coordinates are LPS millimetres (left, posterior, superior
 * positive). Volumes are canonical P, I, R: index i grows posteriorly, j inferiorly, k to the right;
 * the flat index of a voxel is i + ni * (j + nj * k).
 */
export type Vec3 = readonly [number, number, number]

export interface Grid {
  /** Voxels along i, j, k. */
  readonly dims: Vec3
  readonly spacingMm: Vec3
  /** LPS millimetres of the centre of voxel (0, 0, 0). */
  readonly originMm: Vec3
  /** Unit vectors of i, j, k in LPS, one after the other (9 numbers). */
  readonly direction: readonly number[]
  /** Units that about one millimetre of a body takes, where the grid has no millimetres; else 1. */
  readonly unitsPerMm?: number
}

/** A length on screen, given for a body, in the units of a grid. */
export const onGrid = (grid: Grid, mm: number): number => mm * (grid.unitsPerMm ?? 1)

const axis = (grid: Grid, a: number): Vec3 => [
  grid.direction[3 * a] as number,
  grid.direction[3 * a + 1] as number,
  grid.direction[3 * a + 2] as number,
]
const dot = (a: Vec3, b: Vec3) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]

/** LPS millimetres of a (fractional) voxel index. */
export function toMm(grid: Grid, ijk: Vec3): Vec3 {
  const [si, sj, sk] = [0, 1, 2].map((a) => (ijk[a] as number) * (grid.spacingMm[a] as number)) as [number, number, number]
  const [ei, ej, ek] = [axis(grid, 0), axis(grid, 1), axis(grid, 2)]
  const at = (c: 0 | 1 | 2) => grid.originMm[c] + si * ei[c] + sj * ej[c] + sk * ek[c]
  return [at(0), at(1), at(2)]
}

/** Fractional voxel index of LPS millimetres; the direction is orthonormal. */
export function toIjk(grid: Grid, mm: Vec3): Vec3 {
  const from: Vec3 = [mm[0] - grid.originMm[0], mm[1] - grid.originMm[1], mm[2] - grid.originMm[2]]
  const along = (a: 0 | 1 | 2) => dot(from, axis(grid, a)) / grid.spacingMm[a]
  return [along(0), along(1), along(2)]
}

/** Flat index of a voxel. */
export const flatIndex = (dims: Vec3, i: number, j: number, k: number): number => i + dims[0] * (j + dims[1] * k)

/** Index (i, j, k) of a flat index. */
export function ijkOf(dims: Vec3, flat: number): Vec3 {
  const slice = dims[0] * dims[1]
  return [flat % dims[0], Math.floor((flat % slice) / dims[0]), Math.floor(flat / slice)]
}

export const isInside = (dims: Vec3, ijk: Vec3): boolean =>
  ijk.every((value, a) => value >= 0 && value < (dims[a] as number))

/** Straight distance of two points in millimetres. */
export const distanceMm = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])

/** Which letter (R/L, A/P, S/I) a direction in LPS points to most. */
export function letterOf(direction: Vec3): string {
  const size = direction.map(Math.abs)
  const most = size.indexOf(Math.max(...size)) as 0 | 1 | 2
  return (direction[most] >= 0 ? 'LPS' : 'RAI').charAt(most)
}

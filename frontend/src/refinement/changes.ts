/** What a person changed against the mask the model (or an import) left. */
import type { Runs } from '../bridge'
import { type Grid, ijkOf, toMm, type Vec3 } from '../domain/geometry'
import { furthestMm } from './surface'

export interface LevelChange {
  readonly number: number
  readonly before: number
  readonly added: number
  readonly removed: number
  /** See `furthestMm`; null where the level is new, gone, or not measured. */
  readonly furthestMm: number | null
}

export interface Changes {
  /** Turns the mask before into the mask now; by flat index. */
  readonly runs: Runs
  /** Levels with a change, the largest share first. */
  readonly levels: readonly LevelChange[]
  /** All voxels that differ. */
  readonly voxels: number
}

/** Compares two label maps of one grid; both hold vertebra numbers. With a grid, distances are measured too. */
export function changesBetween(before: Uint8Array, now: Uint8Array, grid: Grid | null = null): Changes {
  if (before.length !== now.length) throw new RangeError('The two masks lie on different grids.')
  const counts = new Uint32Array(3 * 256)
  const runs: [number, number, number, number][] = []
  let voxels = 0
  for (let index = 0; index < now.length; index++) {
    const was = before[index] as number
    const is = now[index] as number
    counts[3 * was] = (counts[3 * was] as number) + 1
    if (was === is) continue
    voxels++
    counts[3 * is + 1] = (counts[3 * is + 1] as number) + 1
    counts[3 * was + 2] = (counts[3 * was + 2] as number) + 1
    const last = runs.at(-1)
    if (last && last[0] + last[1] === index && last[2] === was && last[3] === is) last[1]++
    else runs.push([index, 1, was, is])
  }
  return { runs: columns(runs), levels: measured(changedLevels(counts), before, now, grid), voxels }
}

function columns(runs: readonly [number, number, number, number][]): Runs {
  return {
    starts: Uint32Array.from(runs, (run) => run[0]),
    lengths: Uint32Array.from(runs, (run) => run[1]),
    old: Uint8Array.from(runs, (run) => run[2]),
    new: Uint8Array.from(runs, (run) => run[3]),
  }
}

function changedLevels(counts: Uint32Array): LevelChange[] {
  const share = ({ before, added, removed }: LevelChange) => (added + removed) / Math.max(before, 1)
  return Array.from({ length: 255 }, (_, at): LevelChange => {
    const [before, added, removed] = counts.subarray(3 * (at + 1), 3 * (at + 1) + 3) as unknown as [number, number, number]
    return { number: at + 1, before, added, removed, furthestMm: null }
  })
    .filter(({ added, removed }) => added + removed > 0)
    .sort((a, b) => share(b) - share(a))
}

/** The changed voxel of a level nearest to the middle of its changes, LPS millimetres; null without any. */
export function spotOfChange(grid: Grid, runs: Runs, number: number): Vec3 | null {
  const found: Vec3[] = []
  runs.starts.forEach((start, run) => {
    if (runs.old[run] !== number && runs.new[run] !== number) return
    for (let index = start; index < start + (runs.lengths[run] as number); index++) found.push(ijkOf(grid.dims, index))
  })
  if (found.length === 0) return null
  const middle = [0, 1, 2].map((axis) => found.reduce((sum, ijk) => sum + (ijk[axis] as number), 0) / found.length)
  const away = (ijk: Vec3) => Math.hypot(...ijk.map((at, axis) => (at - (middle[axis] as number)) * (grid.spacingMm[axis] as number)))
  return toMm(grid, found.reduce((best, ijk) => (away(ijk) < away(best) ? ijk : best)))
}

function measured(levels: LevelChange[], before: Uint8Array, now: Uint8Array, grid: Grid | null): LevelChange[] {
  if (!grid) return levels
  const found = furthestMm(grid, before, now, levels.map((one) => one.number))
  return levels.map((one) => ({ ...one, furthestMm: found.get(one.number) ?? null }))
}

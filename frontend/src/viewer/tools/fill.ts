/** Flood fill: a region paints itself from one voxel on, and stops before it leaks. */
import type { Runs } from '../../bridge'
import { type Axis, type HuRange, isWithin, type Refusal, refuse, type ToolInput } from './input'
import { stepsTo } from './pieces'

export interface FillOptions {
  /** Flat index of the voxel it begins at. */
  readonly at: number
  /** Axis across the one slice that is filled, or null for the volume. */
  readonly across: Axis | null
  /** HU of the region; null fills what has the number of the first voxel. */
  readonly range: HuRange | null
  /** Most voxels changed; a fill that would change more is refused. */
  readonly limit: number
}

/** Counting a leak ends here. */
export const COUNTED_AT_MOST = 5_000_000
const VOXELS_PER_TURN = 65_536

/**
 * Fills the region connected by faces to a voxel: voxels with its number, or with `range` voxels of
 * that density which are empty, of the level in hand, or not locked. Yields now and then, so that a
 * page can do other things meanwhile; nothing is written.
 */
export function* flood(input: ToolInput, options: FillOptions): Generator<void, Runs | Refusal> {
  const refusal = whyNot(input, options)
  if (refusal) return refusal
  const { labels, active, grid: { dims } } = input
  const isOpen = openTo(input, options)
  const steps = stepsTo('faces', options.across)
  const [ni, nj, nk] = dims
  const seen = new Uint8Array((labels.length >> 3) + 1)
  const waiting = [options.at]
  const changed: number[] = []
  let [count, turn] = [0, 0]
  seen[options.at >> 3] = 1 << (options.at & 7)
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (labels[index] !== active && ++count <= options.limit) changed.push(index)
    if (count > COUNTED_AT_MOST) return refuse('leak', { voxels: COUNTED_AT_MOST, isMore: true })
    const [i, j, k] = [index % ni, Math.floor(index / ni) % nj, Math.floor(index / (ni * nj))]
    for (const [di, dj, dk] of steps) {
      if (i + di < 0 || i + di >= ni || j + dj < 0 || j + dj >= nj || k + dk < 0 || k + dk >= nk) continue
      const next = index + di + ni * (dj + nj * dk)
      if ((seen[next >> 3] as number) & (1 << (next & 7)) || !isOpen(next)) continue
      seen[next >> 3] = (seen[next >> 3] as number) | (1 << (next & 7))
      waiting.push(next)
    }
    if (++turn % VOXELS_PER_TURN === 0) yield
  }
  if (count > options.limit) return refuse('leak', { voxels: count })
  return count > 0 ? runsOver(Uint32Array.from(changed).sort(), labels, active) : refuse('nothing')
}

function whyNot({ labels, hu, active, mayChange }: ToolInput, { at, range }: FillOptions): Refusal | null {
  const value = labels[at]
  if (value === undefined) return refuse('outside')
  if (value !== active && !mayChange(value)) return refuse('locked')
  if (range === null) return value === active ? refuse('alreadyThere') : null
  return isWithin(hu[at] as number, range) ? null : refuse('otherHu')
}

function openTo({ labels, hu, active, mayChange }: ToolInput, { at, range }: FillOptions): (index: number) => boolean {
  const first = labels[at]
  if (range === null) return (index) => labels[index] === first
  return (index) => {
    const value = labels[index] as number
    return isWithin(hu[index] as number, range) && (value === active || mayChange(value))
  }
}

/** Runs that give these voxels (ascending) a new number. */
export function runsOver(indices: Uint32Array, labels: Uint8Array, value: number): Runs {
  const starts: number[] = []
  const lengths: number[] = []
  const old: number[] = []
  for (const index of indices) {
    const last = starts.length - 1
    const follows = last >= 0 && (starts[last] as number) + (lengths[last] as number) === index && old[last] === labels[index]
    if (follows) lengths[last] = (lengths[last] as number) + 1
    else {
      starts.push(index)
      lengths.push(1)
      old.push(labels[index] as number)
    }
  }
  return { starts: Uint32Array.from(starts), lengths: Uint32Array.from(lengths), old: Uint8Array.from(old), new: new Uint8Array(starts.length).fill(value) }
}

/** Runs a fill to its end at once. */
export function filled(input: ToolInput, options: FillOptions): Runs | Refusal {
  const fill = flood(input, options)
  for (let step = fill.next(); ; step = fill.next()) if (step.done) return step.value
}

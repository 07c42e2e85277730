/** Two versions of a mask: what they were before, mine, theirs, and the one act that settles them. */
import { fetchMask, fetchMoment, keepVersion, layOnTop, type LevelChange, type Mask, type MaskHome, type Outbox, type Stroke, Tool } from '../bridge'
import type { ActRow } from '../api/types'
import { type Act, type Levels, levelsAfter } from '../viewer'
import { changesBetween } from './changes'
import { type Choice, compareVersions, type Comparison, mergeVersions, renumbered, type Version, type Versions } from './merge'
import { fetchLog, levelsIfFits } from './useMask'

export interface Conflict {
  readonly versions: Versions
  readonly comparison: Comparison
  /** What the server has now. */
  readonly theirs: Mask
  /** The act of the server's log that my strokes stand on. */
  readonly base: number
  readonly mine: readonly Stroke[]
  /** Acts that others, or other pages, made since then. */
  readonly others: readonly ActRow[]
}

/** The level changes that bring about what was wanted, from the levels as they are now. */
function levelsOnTop(now: Levels, wanted: readonly LevelChange[]): LevelChange[] {
  return wanted.map(({ number, to }) => ({ number, from: now.get(number) ?? null, to })).filter(({ from, to }) => from !== to)
}

/** My strokes on the mask they were made on; one that does not fit is laid on top all the same. */
function replayed(before: Version, strokes: readonly Stroke[]): Version {
  const labels = before.labels.slice()
  let levels = before.levels
  for (const stroke of strokes) {
    const after = levelsIfFits(labels, levels, stroke)
    if (after) levels = after
    else {
      layOnTop(labels, stroke.runs)
      levels = levelsAfter(levels, levelsOnTop(levels, stroke.levels))
    }
  }
  return { labels, levels }
}

/**
 * Fetches what the server has now and what my strokes stand on, and replays mine.
 */
export async function findConflict(home: MaskHome, outbox: Outbox): Promise<Conflict> {
  const mine = outbox.pending()
  const theirs = await fetchMask(home)
  const base = Math.min((mine[0]?.sequence ?? 1) - 1, theirs.lastSequence)
  const before = await fetchMoment(home, base)
  const others = (await fetchLog(home, 'start')).filter(({ sequence }) => sequence > base)
  const lastOf = (number: number) => others.filter((act) => act.number === number).at(-1)?.at
  const versions: Versions = {
    before,
    mine: renumbered(before, replayed(before, mine), theirs, theirs.nextNumber),
    theirs,
    later: (number) => (isLater(outbox.madeAt(number), lastOf(number) ?? others.at(-1)?.at) ? 'mine' : 'theirs'),
  }
  return { versions, comparison: compareVersions(versions), theirs, base, mine, others }
}

/** A stroke that an older page left has no time; the server's, whose time is known, counts as later then. */
const isLater = (mine: Date | null, theirs: string | undefined): boolean => mine !== null && (theirs === undefined || mine > new Date(theirs))

/** The act that turns what the server has into the merged version; null where that is the same. */
export function settlement({ versions, comparison, theirs }: Conflict, choice: Choice): Act | null {
  const merged = mergeVersions(versions, comparison, choice)
  const { runs } = changesBetween(theirs.labels, merged.labels)
  const levels = [...merged.levels]
    .map(([number, to]) => ({ number, from: theirs.levels.get(number) ?? null, to }))
    .filter(({ from, to }) => from !== to)
    .sort((a, b) => a.number - b.number)
  return runs.starts.length + levels.length === 0 ? null : { tool: Tool.keepMine, number: 0, runs, levels }
}

/**
 * Settles: my version is kept on the server beside the mask, then one act takes the place of all that
 * waits. Whatever fails in between, my strokes still wait in the journal.
 *
 * @throws Overtaken if strokes were made since the conflict was found.
 */
export async function settle(home: MaskHome, outbox: Outbox, conflict: Conflict, choice: Choice): Promise<void> {
  await setAside(home, conflict)
  await outbox.replace(settlement(conflict, choice), { lastSequence: conflict.theirs.lastSequence, revision: conflict.theirs.revision }, conflict.mine)
}

/** Takes the server's mask; my version is kept beside it. */
export async function leaveTheirs(home: MaskHome, outbox: Outbox): Promise<void> {
  const conflict = await findConflict(home, outbox)
  await setAside(home, conflict)
  await outbox.replace(null, conflict.theirs, conflict.mine)
}

async function setAside(home: MaskHome, { versions, theirs, base }: Conflict): Promise<void> {
  await keepVersion(home, { dims: theirs.dims, ...versions.mine }, base)
}

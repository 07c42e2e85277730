/** Acts: everything that changes the mask or the levels, each one step of undo. Pure. */
import { type Act, inverse, type LevelChange, NO_RUNS, type Runs, type Tool, voxelsIn } from '../bridge'

export type { Act, LevelChange, Runs }

export type Levels = ReadonlyMap<number, string | null>

/** An act of voxels only. */
export const paintAct = (tool: Tool, number: number, runs: Runs): Act => ({ tool, number, runs, levels: [] })

/** An act of levels only. */
export const levelAct = (tool: Tool, number: number, levels: readonly LevelChange[]): Act => ({
  tool, number, runs: NO_RUNS, levels: [...levels].sort((a, b) => a.number - b.number),
})

/** The act that takes another back; it says which tool does so. */
export const inverseOf = (act: Act, tool: Tool): Act => ({
  tool, number: act.number, runs: inverse(act.runs), levels: act.levels.map(({ number, from, to }) => ({ number, from: to, to: from })),
})

export const changesNothing = (act: Act): boolean => act.runs.starts.length === 0 && act.levels.length === 0

export const voxelsOf = (act: Act): number => voxelsIn(act.runs)

/** The levels do not hold what an act says it replaces. */
export class LevelMismatch extends Error {
  constructor(readonly number: number) {
    super(`Vertebra ${number} has another level than the one to be replaced.`)
    this.name = 'LevelMismatch'
  }
}

/**
 * The levels after an act. A number that is new gets a place; one whose level is taken away keeps it, so
 * that numbers are never given twice.
 */
export function levelsAfter(levels: Levels, changes: readonly LevelChange[]): Levels {
  if (changes.length === 0) return levels
  const after = new Map(levels)
  for (const { number, from, to } of changes) {
    if ((after.get(number) ?? null) !== from) throw new LevelMismatch(number)
    after.set(number, to)
  }
  return after
}

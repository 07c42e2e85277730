/**
 * What can be taken back and made again, without end. The stack is rebuilt from the log of acts by their
 * tool codes: undo takes the newest off, redo puts it on again, everything else goes on top. Only the
 * newest acts are kept whole; what older ones changed is fetched when it is their turn.
 */
import { Tool } from '../bridge'
import { type Act, voxelsOf } from './acts'

/** One act of the log, as the server or the journal has it. */
export interface Logged {
  readonly sequence: number
  readonly tool: Tool
  readonly number: number
  readonly voxels: number
  /** How many vertebrae got another level. */
  readonly levels: number
  /** Who made it; null for oneself. */
  readonly by: string | null
  readonly act: Act | null
}

export type Step = Omit<Logged, 'act'> & { act: Act | null }

const WHOLE_STEPS = 200
/** Of ten bytes each. */
const WHOLE_RUNS = 1_000_000

export const loggedAct = (sequence: number, act: Act): Logged => ({
  sequence, tool: act.tool, number: act.number, voxels: voxelsOf(act), levels: act.levels.length, by: null, act,
})

export class UndoStack {
  private made: Step[] = []
  private undone: Step[] = []

  constructor(log: readonly Logged[] = []) {
    for (const one of log) this.add(one)
  }

  /** Takes one more act of the log. */
  add(one: Logged): void {
    if (one.tool === Tool.undo) move(this.made, this.undone)
    else if (one.tool === Tool.redo) move(this.undone, this.made)
    else {
      this.made.push({ ...one })
      this.undone = []
    }
    this.trim()
  }

  get newest(): Step | null {
    return this.made.at(-1) ?? null
  }

  get nextAgain(): Step | null {
    return this.undone.at(-1) ?? null
  }

  get depth(): number {
    return this.made.length
  }

  /** How many acts are kept whole; for tests. */
  get whole(): number {
    return [...this.made, ...this.undone].filter((step) => step.act !== null).length
  }

  /** The steps nearest to the top of either stack stay whole, within bounds. */
  private trim(): void {
    for (const stack of [this.made, this.undone]) {
      let runs = 0
      for (let depth = 0; depth < Math.min(stack.length, WHOLE_STEPS + 1); depth++) {
        const step = stack[stack.length - 1 - depth] as Step
        runs += step.act?.runs.starts.length ?? 0
        if (depth > 0 && (depth >= WHOLE_STEPS || runs > WHOLE_RUNS)) step.act = null
      }
    }
  }
}

function move(from: Step[], to: Step[]): void {
  const step = from.pop()
  if (step) to.push(step)
}

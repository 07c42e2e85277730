/**
 * Active time: the time between two inputs of a person, unless it is longer than the idle cut; a longer
 * gap counts nothing. Times are milliseconds of one clock that all tabs share (`Date.now`).
 */

/** What is in hand; the time up to the next input is spent on it. */
export interface InHand {
  readonly case: string
  readonly stage: string
  /** Vertebra number, 0 for none. */
  readonly number: number
  readonly tool: string
}

export interface Slice {
  readonly on: InHand
  readonly from: number
  readonly to: number
}

export class ActiveClock {
  idleMs: number
  private last: { at: number; on: InHand } | null = null

  constructor(idleMs: number, private readonly count: (slice: Slice) => void) {
    this.idleMs = idleMs
  }

  /** An input with this in hand from now on. */
  input(at: number, on: InHand): void {
    this.close(at)
    this.last = { at, on }
  }

  /** The tab was hidden or left, or the person works in another one: nothing counts until the next input. */
  pause(at: number): void {
    this.close(at)
    this.last = null
  }

  private close(at: number): void {
    const last = this.last
    if (last && at > last.at && at - last.at <= this.idleMs) this.count({ on: last.on, from: last.at, to: at })
  }
}

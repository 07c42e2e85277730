/** Sends what a reader changes at once, one vertebra after the other, and tries again when cut off. */
import type { Finding } from '../api/types'
import type { Change } from '../grading/findings'

export interface DraftState {
  /** Vertebrae with changes the server has not confirmed. */
  readonly waiting: number
  /** Since when the server has not answered; null while it does. */
  readonly cutOffSince: Date | null
  /** What the server refused, in its own words; cleared by the next change. */
  readonly refused: string | null
}

export interface DraftDoor {
  /** Sends one change. A refusal is a `Refused`; anything else thrown counts as no connection. */
  send(number: number, change: Change): Promise<Finding>
  /** Called with what the server stored, unless newer changes of that vertebra wait. */
  stored(finding: Finding): void
  changed(state: DraftState): void
  /** Called when the server refused a change: the page has to show what is stored. */
  rejected(number: number): void
  wait(milliseconds: number): Promise<void>
  now(): Date
}

/** The server understood and said no; sending it again would not help. */
export class Refused extends Error {}

const RETRY_MS = [1000, 2000, 5000, 10000] as const

export class Drafts {
  private readonly door: DraftDoor
  private readonly pending = new Map<number, Change>()
  private running: Promise<void> | null = null
  private inFlight: number | null = null
  private cutOffSince: Date | null = null
  private refused: string | null = null

  constructor(door: DraftDoor) {
    this.door = door
  }

  put(number: number, change: Change): void {
    this.pending.set(number, { ...this.pending.get(number), ...change })
    this.refused = null
    this.tell()
    this.running ??= this.sendAll().finally(() => {
      this.running = null
    })
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.running !== null) await this.running
  }

  state(): DraftState {
    const sending = this.inFlight !== null && !this.pending.has(this.inFlight) ? 1 : 0
    return {
      waiting: this.pending.size + sending,
      cutOffSince: this.cutOffSince,
      refused: this.refused,
    }
  }

  private tell(): void {
    this.door.changed(this.state())
  }

  private async sendAll(): Promise<void> {
    let failures = 0
    for (let next = this.first(); next !== null; next = this.first()) {
      const [number, change] = next
      const reached = await this.sendOne(number, change)
      failures = reached ? 0 : failures + 1
      if (!reached) await this.door.wait(RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] ?? 10000)
    }
  }

  private first(): [number, Change] | null {
    const entry = this.pending.entries().next()
    return entry.done ? null : entry.value
  }

  private async sendOne(number: number, change: Change): Promise<boolean> {
    this.pending.delete(number)
    this.inFlight = number
    let reached = true
    try {
      const finding = await this.door.send(number, change)
      if (!this.pending.has(number)) this.door.stored(finding)
      this.cutOffSince = null
    } catch (error) {
      reached = error instanceof Refused
      if (error instanceof Refused) this.reject(number, error)
      else this.keep(number, change)
    }
    this.inFlight = null
    this.tell()
    return reached
  }

  private reject(number: number, error: Refused): void {
    this.refused = error.message
    this.cutOffSince = null
    this.door.rejected(number)
  }

  private keep(number: number, change: Change): void {
    this.pending.set(number, { ...change, ...this.pending.get(number) })
    this.cutOffSince ??= this.door.now()
  }
}

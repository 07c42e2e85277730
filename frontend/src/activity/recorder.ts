/** Listens to a person's inputs, counts active time, and brings it to the server when it can. */
import { send } from '../api/client'
import { ActiveClock, type InHand } from './clock'
import { BrowserShelf, Ledger, type Shelf, type Span } from './spans'

export const STANDARD_IDLE_MS = 30_000
const TICK_MS = 1_000
const TICKS_TO_KEEP = 2
const TICKS_TO_SEND = 15
const MOST_AT_ONCE = 200
const TELL_OTHERS_MS = 500
const INPUTS = ['pointermove', 'pointerdown', 'pointerup', 'keydown', 'wheel'] as const

interface Answer {
  readonly kept: string[]
  readonly refused: { id: string; detail: string }[]
}

type Post = (spans: readonly Span[], isLeaving: boolean) => Promise<Answer>

const post: Post = async (spans, isLeaving) => {
  const response = await send('POST', '/api/activity/', { body: { spans }, keepalive: isLeaving })
  return (await response.json()) as Answer
}

function storageOf(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}

export class Recorder {
  readonly clock: ActiveClock
  private readonly shelf: Shelf
  private readonly ledger: Ledger
  private readonly listeners = new Set<() => void>()
  private readonly channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('lamina.activity') : null
  private inHand: (() => InHand) | null = null
  private ticks = 0
  private toldAt = 0
  private sending: Promise<void> | null = null

  constructor(owner: string, private readonly bring: Post = post) {
    this.shelf = new BrowserShelf(owner, storageOf())
    this.ledger = new Ledger(this.shelf)
    this.clock = new ActiveClock(STANDARD_IDLE_MS, (slice) => this.ledger.add(slice))
    if (this.channel) this.channel.onmessage = () => this.clock.pause(Date.now())
  }

  counted(caseId: string, stage: string): number {
    return this.ledger.counted(caseId, stage)
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Counts what is done on this page until the returned function is called. */
  begin(inHand: () => InHand): () => void {
    this.inHand = inHand
    for (const name of INPUTS) window.addEventListener(name, this.onInput, { capture: true, passive: true })
    document.addEventListener('visibilitychange', this.onHidden)
    window.addEventListener('pagehide', this.onLeaving)
    const timer = setInterval(() => this.tick(), TICK_MS)
    return () => {
      clearInterval(timer)
      for (const name of INPUTS) window.removeEventListener(name, this.onInput, { capture: true })
      document.removeEventListener('visibilitychange', this.onHidden)
      window.removeEventListener('pagehide', this.onLeaving)
      this.pause()
      void this.flush().catch(() => undefined)
    }
  }

  /** Brings everything that waits to the server, after what is under way; rejects where that does not work now. */
  async flush(isLeaving = false): Promise<void> {
    this.ledger.keep()
    if (isLeaving) return this.sendAll(true)
    const before = this.sending ?? Promise.resolve()
    const run = before.catch(() => undefined).then(() => this.sendAll(false)).finally(() => {
      if (this.sending === run) this.sending = null
    })
    this.sending = run
    return run
  }

  private async sendAll(isLeaving: boolean): Promise<void> {
    const waiting = this.shelf.all()
    for (let at = 0; at < waiting.length; at += MOST_AT_ONCE) {
      const some = waiting.slice(at, at + MOST_AT_ONCE)
      const { kept, refused } = await this.bring(some, isLeaving)
      const settled = new Set([...kept, ...refused.map((one) => one.id)])
      this.ledger.settle(some.filter((span) => settled.has(span.id)))
    }
  }

  private readonly onInput = (event: Event): void => {
    if (!this.inHand || !event.isTrusted) return
    const now = Date.now()
    this.clock.input(now, this.inHand())
    if (now - this.toldAt < TELL_OTHERS_MS) return
    this.toldAt = now
    this.channel?.postMessage(now)
  }

  private readonly onHidden = (): void => {
    if (document.visibilityState === 'hidden') this.onLeaving()
  }

  private readonly onLeaving = (): void => {
    this.pause()
    if (this.shelf.all().length > 0) void this.flush(true).catch(() => undefined)
  }

  private pause(): void {
    this.clock.pause(Date.now())
    this.ledger.keep()
  }

  private tick(): void {
    this.ticks++
    for (const listener of this.listeners) listener()
    if (this.ticks % TICKS_TO_KEEP === 0) this.ledger.keep()
    const isTime = this.ticks % TICKS_TO_SEND === 0 && this.sending === null
    if (isTime && this.shelf.all().length > 0) void this.flush().catch(() => undefined)
  }
}

const recorders = new Map<string, Recorder>()

/** The one recorder of a person on this page. */
export function recorderOf(owner: string): Recorder {
  const found = recorders.get(owner) ?? new Recorder(owner)
  recorders.set(owner, found)
  return found
}

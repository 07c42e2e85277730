/**
 * The outbox: sends strokes in order, one after the other. Each is first written to the journal and
 * leaves it when the server has acknowledged it. Lost connections are tried again with growing
 * pauses; a refusal stops the outbox until someone decides.
 */
import { ApiError } from '../api/client'
import type { Entry, Keeper, Queued } from './journal'
import { type Act, decodeStroke, encodeStroke, newStrokeId, type Stroke } from './stroke'

export interface Acknowledgement {
  readonly acknowledged: number
  readonly revision: number
  readonly duplicate: boolean
}

export type SaveState =
  | { readonly kind: 'saved'; readonly waiting: 0; readonly at: Date | null }
  | { readonly kind: 'saving'; readonly waiting: number; readonly since: Date }
  /** `reason` is what the server said, where it answered that it can store nothing now. */
  | { readonly kind: 'offline'; readonly waiting: number; readonly since: Date; readonly nextTry: Date; readonly reason: string | null }
  /** Somebody else holds the case, or nobody; strokes wait until it is lent to this person again. */
  | { readonly kind: 'lent'; readonly waiting: number }
  | { readonly kind: 'signedOut'; readonly waiting: number }
  | { readonly kind: 'conflict' | 'refused'; readonly waiting: number; readonly detail: string }

export interface OutboxOptions {
  readonly journal: Keeper
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => Promise<Acknowledgement>
  /** Sequence and revision that the label map on screen stands on. */
  readonly lastSequence: number
  readonly revision: number
}

/** Strokes were made after what was to take their place was worked out. */
export class Overtaken extends Error {}

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** What a server says that is there and can store nothing now. */
const UNABLE: ReadonlySet<string> = new Set(['disk_full', 'database_away'])

const codeOf = (failure: unknown): string => (failure instanceof ApiError ? failure.code : '')

export class Outbox {
  private readonly listeners = new Set<() => void>()
  private readonly queue: Queued[] = []
  private keeping: Promise<void> = Promise.resolve()
  private revision: number
  private nextSequence: number
  private pauseMs = FIRST_PAUSE_MS
  private timer: ReturnType<typeof setTimeout> | undefined
  private isSending = false
  private isClosed = false
  private since: Date | null = null
  private readonly unkept = new Set<number>()
  private readonly writing = new Set<string>()
  private current: SaveState = { kind: 'saved', waiting: 0, at: null }

  constructor(private readonly options: OutboxOptions) {
    this.revision = options.revision
    this.nextSequence = options.lastSequence + 1
  }

  get state(): SaveState {
    return this.current
  }

  /** False while strokes wait that this browser refused to store; closing the page would lose them. */
  get isKept(): boolean {
    return this.unkept.size === 0
  }

  /** Stays the same function, so that React can subscribe. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /**
   * Takes over what an earlier visit left in the journal; returns it, for drawing.
   *
   * `before` is what the journal held before the mask was asked for: what another tab was still sending
   * then may since be on the server, and in neither the mask nor the journal.
   */
  async resume(before: readonly Entry[] = []): Promise<Stroke[]> {
    const now = await this.options.journal.entries()
    const known = new Set(now.map(({ id }) => id))
    const entries = [...before.filter(({ id }) => !known.has(id)), ...now].sort((a, b) => a.sequence - b.sequence)
    const strokes = entries.map((entry) => decodeStroke(entry.bytes))
    this.queue.push(...entries.map(({ sequence, bytes, at }) => ({ sequence, bytes, at })))
    this.nextSequence = Math.max(this.nextSequence, (entries.at(-1)?.sequence ?? 0) + 1)
    if (entries.length > 0) this.begin()
    return strokes
  }

  /** Keeps and sends one act. */
  add({ tool, number, runs, levels }: Act): Stroke {
    const sequence = this.nextSequence++
    const stroke: Stroke = { id: newStrokeId(), sequence, baseRevision: this.revision, tool, track: 0, number, runs, levels }
    const bytes = encodeStroke(stroke)
    this.queue.push({ sequence, bytes, at: Date.now() })
    this.writing.add(stroke.id)
    const kept = this.options.journal
      .keep(sequence, bytes)
      .catch(() => this.noteUnkept(sequence))
      .finally(() => this.writing.delete(stroke.id))
    this.keeping = this.keeping.then(() => kept)
    if (this.current.kind === 'saved') this.show({ kind: 'saving', waiting: this.queue.length, since: new Date() })
    else this.show({ ...this.current, waiting: this.queue.length } as SaveState)
    if (this.current.kind === 'saving') void this.run()
    return stroke
  }

  /** Tries again at once: after signing in, or when the connection is back. */
  begin(): void {
    clearTimeout(this.timer)
    if (this.queue.length === 0) return
    const now = new Date()
    const waiting = this.queue.length
    this.show(this.current.kind === 'offline' ? { ...this.current, waiting, nextTry: now } : { kind: 'saving', waiting, since: now })
    void this.run()
  }

  /** Tries again if there was no connection, or nobody to take the strokes: something may have changed. */
  retry(): void {
    if (this.current.kind === 'offline' || this.current.kind === 'lent') this.begin()
  }

  /** Ids of strokes that the browser has not yet said to have written. */
  beingWritten(): string[] {
    return [...this.writing]
  }

  /** What the server has not acknowledged, in order. */
  pending(): Stroke[] {
    return this.queue.map(({ bytes }) => decodeStroke(bytes))
  }

  /** One act that waits, or null where the server has it or never will. */
  waiting(sequence: number): Stroke | null {
    const found = this.queue.find((one) => one.sequence === sequence)
    return found ? decodeStroke(found.bytes) : null
  }

  /** When the last waiting act for a vertebra was made, or the last of all; null where nobody wrote it down. */
  madeAt(number: number): Date | null {
    const own = this.queue.filter(({ bytes }) => decodeStroke(bytes).number === number)
    const at = (own.at(-1) ?? this.queue.at(-1))?.at
    return at === undefined ? null : new Date(at)
  }

  /** The number that the next act gets. */
  get next(): number {
    return this.nextSequence
  }

  /**
   * Puts one act, or none, in the place of all that waits, on top of what the server has now. This outbox
   * is closed then; the next one resumes from the journal.
   *
   * @param of the strokes that the act stands for.
   * @throws Overtaken, changing nothing, if others wait by now: they would be lost.
   */
  async replace(act: Act | null, on: { readonly lastSequence: number; readonly revision: number }, of: readonly Stroke[]): Promise<void> {
    await this.keeping
    const known = new Set(of.map(({ id }) => id))
    if (this.pending().some(({ id }) => !known.has(id))) throw new Overtaken()
    const heading = { id: newStrokeId(), sequence: on.lastSequence + 1, baseRevision: on.revision, track: 0 }
    const one = act && { sequence: heading.sequence, bytes: encodeStroke({ ...heading, ...act }), at: Date.now() }
    await this.options.journal.replace(this.queue, one).catch(async (cause: unknown) => {
      if (!one) throw cause
      await this.options.send(one.bytes) // this browser keeps nothing: then the server has it before the old ones go
    })
    this.close()
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.timer)
    this.listeners.clear()
  }

  private async run(): Promise<void> {
    if (this.isSending) return
    this.isSending = true
    try {
      while (this.queue.length > 0 && !this.isClosed) await this.sendFirst()
      this.isSending = false
      if (!this.isClosed) this.show({ kind: 'saved', waiting: 0, at: new Date() })
    } catch (failure) {
      this.isSending = false
      if (!this.isClosed) this.stop(failure)
    }
  }

  private async sendFirst(): Promise<void> {
    const first = this.queue[0]
    if (!first) return
    await this.keeping
    const answer = await this.options.send(first.bytes)
    this.revision = answer.revision
    this.pauseMs = FIRST_PAUSE_MS
    this.since = null
    if (this.queue[0] === first) this.queue.shift()
    this.unkept.delete(first.sequence)
    await this.options.journal.forget(first.sequence, first.bytes)
    if (this.current.kind === 'offline') this.show({ kind: 'saving', waiting: this.queue.length, since: new Date() })
    else if (this.queue.length > 0 && this.current.kind === 'saving') this.show({ ...this.current, waiting: this.queue.length })
  }

  private stop(failure: unknown): void {
    const waiting = this.queue.length
    const status = failure instanceof ApiError ? failure.status : 0
    const detail = failure instanceof Error ? failure.message : String(failure)
    if (status === 401) return this.show({ kind: 'signedOut', waiting })
    if (status === 409) return this.show(codeOf(failure) === 'not_holder' ? { kind: 'lent', waiting } : { kind: 'conflict', waiting, detail })
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) return this.show({ kind: 'refused', waiting, detail })
    this.since ??= new Date()
    const reason = UNABLE.has(codeOf(failure)) ? detail : null
    this.show({ kind: 'offline', waiting, since: this.since, nextTry: new Date(Date.now() + this.pauseMs), reason })
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.run(), this.pauseMs)
    this.pauseMs = Math.min(2 * this.pauseMs, LONGEST_PAUSE_MS)
  }

  /** The browser has no room or no leave to store: strokes go on to the server, kept in memory only. */
  private noteUnkept(sequence: number): void {
    this.unkept.add(sequence)
    this.show({ ...this.current })
  }

  private show(state: SaveState): void {
    this.current = state
    for (const listener of this.listeners) listener()
  }
}

/**
 * Spans of active time on their way to the server. A span lies in this browser from its first second
 * until the server has all of it; it may be sent while it grows, the server keeps the longest.
 */
import type { InHand, Slice } from './clock'

export interface Span extends InHand {
  readonly id: string
  readonly seconds: number
  readonly n_inputs: number
  readonly started_at: string
}

/** Where spans outlive the page. */
export interface Shelf {
  put(span: Span): void
  all(): Span[]
  remove(id: string): void
}

/** The oldest spans go when a browser was never online again: a year of work at most. */
const MOST_KEPT = 20_000

/** Spans of one person in this browser's storage; in memory where the browser has none for us. */
export class BrowserShelf implements Shelf {
  private readonly prefix: string
  private readonly loose = new Map<string, Span>()

  constructor(owner: string, private readonly storage: Storage | null) {
    this.prefix = `lamina.activity/1:${owner}:`
  }

  put(span: Span): void {
    try {
      if (!this.storage) throw new Error('no storage')
      this.storage.setItem(this.prefix + span.id, JSON.stringify(span))
      this.loose.delete(span.id)
    } catch {
      // A full or forbidden storage: the span is kept as long as the page is.
      if (this.loose.size < MOST_KEPT) this.loose.set(span.id, span)
    }
  }

  all(): Span[] {
    const found = [...this.loose.values()]
    for (let at = 0; this.storage && at < this.storage.length; at++) {
      const key = this.storage.key(at)
      if (!key?.startsWith(this.prefix)) continue
      const span = parsed(this.storage.getItem(key))
      if (span) found.push(span)
    }
    return found
  }

  remove(id: string): void {
    this.loose.delete(id)
    this.storage?.removeItem(this.prefix + id)
  }
}

function parsed(text: string | null): Span | null {
  try {
    const span = JSON.parse(text ?? 'null') as Span | null
    return span && typeof span.id === 'string' && typeof span.seconds === 'number' ? span : null
  } catch {
    return null
  }
}

const keyOf = (on: InHand) => `${on.case}/${on.stage}/${on.number}/${on.tool}`

/** Adds slices up to spans: one per thing in hand, a new one every minute. */
export class Ledger {
  private readonly open = new Map<string, Span & { readonly from: number }>()
  private readonly unkept = new Set<string>()
  private readonly sums = new Map<string, number>()

  constructor(
    private readonly shelf: Shelf,
    private readonly newId: () => string = () => crypto.randomUUID(),
    private readonly spanMs = 60_000,
  ) {}

  add({ on, from, to }: Slice): void {
    const key = keyOf(on)
    const old = this.open.get(key)
    const span = old && to - old.from <= this.spanMs ? old : this.begin(on, from, old)
    this.open.set(key, { ...span, seconds: span.seconds + (to - from) / 1000, n_inputs: span.n_inputs + 1 })
    this.unkept.add(key)
    const sum = `${on.case}/${on.stage}`
    this.sums.set(sum, (this.sums.get(sum) ?? 0) + (to - from) / 1000)
  }

  /** Seconds counted on a case at a stage since the page was opened. */
  counted(caseId: string, stage: string): number {
    return this.sums.get(`${caseId}/${stage}`) ?? 0
  }

  /** Puts everything that grew where it outlives the page. */
  keep(): void {
    for (const key of this.unkept) {
      const span = this.open.get(key)
      if (span) this.shelf.put(spanOf(span))
    }
    this.unkept.clear()
  }

  /** Takes away what the server has, unless it has grown since it was sent. */
  settle(sent: readonly Span[]): void {
    const newest = new Map(this.shelf.all().map((span) => [span.id, span.seconds]))
    for (const { id, seconds } of sent) if (newest.get(id) === seconds) this.shelf.remove(id)
  }

  private begin(on: InHand, from: number, old: Span | undefined): Span & { from: number } {
    if (old) this.shelf.put(spanOf(old))
    return { ...on, id: this.newId(), seconds: 0, n_inputs: 0, started_at: new Date(from).toISOString(), from }
  }
}

function spanOf(open: Span): Span {
  const { id, stage, number, tool, seconds, n_inputs, started_at } = open
  return { id, case: open.case, stage, number, tool, seconds: Math.round(seconds * 1000) / 1000, n_inputs, started_at }
}

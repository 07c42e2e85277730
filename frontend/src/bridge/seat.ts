/**
 * One person works on one case in one tab at a time. Tabs of one browser agree over a channel that needs
 * no server and no secure address: a newcomer asks, the tab at work answers, and a tab that is told to
 * work here takes the seat from the other. Where two take it at once, all tabs choose the same one.
 */
export type SeatState = 'asking' | 'mine' | 'elsewhere'

interface Claim {
  /** When a person said "work here"; 0 for a tab that just found the seat free. The latest wins. */
  readonly wanted: number
  /** When the seat was taken; the earliest wins among those nobody asked for. */
  readonly at: number
  readonly tab: string
}

type Message = { readonly say: 'ask' } | { readonly say: 'left' } | { readonly say: 'held'; readonly claim: Claim }

const ANSWER_MS = 150
const ASK_AGAIN_MS = 2_000

function isStronger(a: Claim, b: Claim): boolean {
  if (a.wanted !== b.wanted) return a.wanted > b.wanted
  return a.at === b.at ? a.tab < b.tab : a.at < b.at
}

export class Seat {
  state: SeatState = 'asking'
  private readonly channel: BroadcastChannel
  private readonly listeners = new Set<() => void>()
  private readonly tab = crypto.getRandomValues(new Uint32Array(2)).join('-')
  private claim: Claim | null = null
  private timer: ReturnType<typeof setTimeout> | undefined

  /** @param name of what is worked on: same name, same seat. */
  constructor(name: string) {
    this.channel = new BroadcastChannel(`lamina.seat/1 ${name}`)
    this.channel.onmessage = (event: MessageEvent<Message>) => this.hear(event.data)
    this.ask()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** "Work here": the tab that has the seat gives it up. */
  take(): void {
    this.hold(Date.now())
  }

  /** Gives the seat back; other tabs may have it at once. */
  leave(): void {
    clearTimeout(this.timer)
    if (this.claim) this.channel.postMessage({ say: 'left' } satisfies Message)
    this.claim = null
    this.listeners.clear()
    this.channel.close()
  }

  private ask(): void {
    this.channel.postMessage({ say: 'ask' } satisfies Message)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.hold(0), ANSWER_MS)
  }

  private hold(wanted: number): void {
    clearTimeout(this.timer)
    this.claim = { wanted, at: Date.now(), tab: this.tab }
    this.channel.postMessage({ say: 'held', claim: this.claim } satisfies Message)
    this.become('mine')
  }

  private hear(message: Message): void {
    if (message.say === 'left') {
      if (!this.claim) this.ask()
    } else if (message.say === 'held' && (!this.claim || isStronger(message.claim, this.claim))) {
      this.giveWay()
    } else if (this.claim) {
      this.channel.postMessage({ say: 'held', claim: this.claim } satisfies Message)
    }
  }

  /** A tab that has no seat asks again now and then: the other may have died without a word. */
  private giveWay(): void {
    this.claim = null
    this.become('elsewhere')
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.ask(), ASK_AGAIN_MS)
  }

  private become(state: SeatState): void {
    if (this.state === state) return
    this.state = state
    for (const listener of this.listeners) listener()
  }
}

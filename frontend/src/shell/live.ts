import type { JobState, Stage } from '../api/types'

const FORMAT = 'lamina.live/1'
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000

/** One message of the live channel: ids and states only, never the content of a reading. */
export interface LiveMessage {
  format: typeof FORMAT
  id: number | string
  kind: 'job' | 'case' | 'consensus'
  job?: JobState
  case?: string
  stage?: Stage
  import?: string
}

export type LiveState = { at: 'connecting' | 'connected'; since: null } | { at: 'offline'; since: Date }

/** Reads one message; refuses what it does not know. */
export function readMessage(text: string): LiveMessage {
  const given: unknown = JSON.parse(text)
  const format = (given as { format?: unknown } | null)?.format
  if (format !== FORMAT) throw new Error(`A live message of format ${String(format)} is not known here.`)
  return given as LiveMessage
}

/** The pause before the next try: doubled each time, at most half a minute. */
export const retryAfterMs = (failures: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** Math.max(failures - 1, 0), LAST_RETRY_MS)

const addressOf = (dataset: string, after: LiveMessage['id'] | null) => {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const query = after === null ? '' : `?after=${encodeURIComponent(after)}`
  return `${scheme}://${location.host}/ws/datasets/${encodeURIComponent(dataset)}/${query}`
}

/** The websocket of one data set: connects, goes on after the last message seen, tries again by itself. */
export class LiveConnection {
  state: LiveState = { at: 'connecting', since: null }
  private socket: WebSocket | null = null
  private timer: number | undefined
  private failures = 0
  private last: LiveMessage['id'] | null = null
  private isWanted = false

  constructor(
    private readonly dataset: string,
    private readonly onMessage: (message: LiveMessage) => void,
    private readonly onState: () => void,
  ) {}

  open(): void {
    this.isWanted = true
    window.addEventListener('online', this.retryNow)
    this.connect()
  }

  close(): void {
    this.isWanted = false
    window.removeEventListener('online', this.retryNow)
    window.clearTimeout(this.timer)
    this.socket?.close()
    this.socket = null
  }

  private readonly retryNow = () => {
    if (this.socket !== null) return
    window.clearTimeout(this.timer)
    this.connect()
  }

  private connect(): void {
    const socket = new WebSocket(addressOf(this.dataset, this.last))
    this.socket = socket
    socket.onopen = () => {
      this.failures = 0
      this.become({ at: 'connected', since: null })
    }
    socket.onmessage = (event: MessageEvent<string>) => {
      const message = readMessage(event.data)
      this.last = message.id
      this.onMessage(message)
    }
    socket.onclose = () => this.lost(socket)
  }

  private lost(socket: WebSocket): void {
    if (!this.isWanted || this.socket !== socket) return
    this.socket = null
    this.failures += 1
    if (this.state.at !== 'offline') this.become({ at: 'offline', since: new Date() })
    this.timer = window.setTimeout(() => this.connect(), retryAfterMs(this.failures))
  }

  private become(state: LiveState): void {
    this.state = state
    this.onState()
  }
}

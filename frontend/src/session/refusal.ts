import type { ApiError } from '../api/client'

export interface Refusal {
  key: 'session.mismatch' | 'session.locked' | 'session.unreachable' | 'shell.error_server'
  values: { count?: number; detail?: string }
}

const numberOr = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise)

/** What to say when a sign-in was refused: tries left, minutes of pause, or the server's own sentence. */
export function refusalOf(error: ApiError): Refusal {
  if (error.code === 'locked') return { key: 'session.locked', values: { count: numberOr(error.body.minutes, 15) } }
  if (error.code === 'bad_credentials') {
    return { key: 'session.mismatch', values: { count: numberOr(error.body.tries_left, 0) } }
  }
  if (error.isOffline) return { key: 'session.unreachable', values: {} }
  return { key: 'shell.error_server', values: { detail: error.message } }
}

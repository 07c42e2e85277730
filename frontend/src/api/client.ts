import type { Problem } from './types'

/** An answer of the server that is not 2xx, or no answer at all (status 0). */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly body: Record<string, unknown>

  constructor(status: number, body: Record<string, unknown>) {
    super(typeof body.detail === 'string' ? body.detail : `The server answered ${status}.`)
    this.name = 'ApiError'
    this.status = status
    this.code = typeof body.code === 'string' ? body.code : ''
    this.body = body
  }

  get isOffline(): boolean {
    return this.status === 0
  }

  get problems(): Problem[] {
    return Array.isArray(this.body.problems) ? (this.body.problems as Problem[]) : []
  }
}

const signedOutListeners = new Set<() => void>()

/** Calls `listener` whenever the server answers 401; returns the way to stop listening. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener)
  return () => signedOutListeners.delete(listener)
}

const signedInListeners = new Set<() => void>()

/** Calls `listener` whenever someone has signed in; returns the way to stop listening. */
export function onSignedIn(listener: () => void): () => void {
  signedInListeners.add(listener)
  return () => signedInListeners.delete(listener)
}

export function csrfToken(cookies: string = document.cookie): string {
  const found = cookies.split('; ').find((pair) => pair.startsWith('csrftoken='))
  return found ? decodeURIComponent(found.slice('csrftoken='.length)) : ''
}

type Body = BodyInit | object | undefined

function requestOf(method: string, body: Body, signal: AbortSignal | undefined): RequestInit {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken()
  const isRaw =
    body instanceof FormData || body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body)
  if (body === undefined) return { method, headers, signal, credentials: 'same-origin' }
  if (!isRaw) headers['Content-Type'] = 'application/json'
  else if (!(body instanceof FormData)) headers['Content-Type'] = 'application/octet-stream'
  const sent = isRaw ? (body as BodyInit) : JSON.stringify(body)
  return { method, headers, signal, body: sent, credentials: 'same-origin' }
}

async function failureOf(response: Response): Promise<ApiError> {
  const isJson = (response.headers.get('Content-Type') ?? '').includes('json')
  const body: unknown = isJson ? await response.json() : {}
  return new ApiError(response.status, (body ?? {}) as Record<string, unknown>)
}

/** Sends one request and returns the answer; throws `ApiError` for anything but 2xx. */
export async function send(
  method: string,
  url: string,
  options: { body?: Body; signal?: AbortSignal; keepalive?: boolean } = {},
): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { ...requestOf(method, options.body, options.signal), keepalive: options.keepalive })
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    throw new ApiError(0, { detail: 'No connection to the server.', code: 'offline' })
  }
  if (response.ok) {
    if (method === 'POST' && url === '/api/session/') for (const listener of signedInListeners) listener()
    return response
  }
  if (response.status === 401) for (const listener of signedOutListeners) listener()
  throw await failureOf(response)
}

async function json<T>(method: string, path: string, body?: Body, signal?: AbortSignal): Promise<T> {
  const response = await send(method, `/api${path}`, { body, signal })
  return (response.status === 204 ? undefined : await response.json()) as T
}

/** JSON requests below /api, e.g. `api.get<CaseDetail>('/cases/x/')`. */
export const api = {
  get: <T>(path: string, signal?: AbortSignal) => json<T>('GET', path, undefined, signal),
  post: <T>(path: string, body: Body = {}) => json<T>('POST', path, body),
  put: <T>(path: string, body: Body) => json<T>('PUT', path, body),
  patch: <T>(path: string, body: Body) => json<T>('PATCH', path, body),
  delete: (path: string) => json<void>('DELETE', path),
}

/** GET of bytes, from any address of this site. */
export async function getBytes(url: string, signal?: AbortSignal): Promise<Response> {
  return send('GET', url, { signal })
}

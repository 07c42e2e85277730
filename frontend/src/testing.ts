/**
 * What browser tests may look at, as `window.app`; present only where the address has `?test` or
 * `<html data-test>` is set. Screens add their own hooks with `offerHooks`.
 */
export interface TestHooks {
  ready: boolean
  errors: string[]
  /** Milliseconds since navigation at which something was first on screen. */
  marks: Record<string, number>
  [hook: string]: unknown
}

declare global {
  interface Window {
    app?: TestHooks
  }
}

const isTesting = () =>
  document.documentElement.hasAttribute('data-test') || new URLSearchParams(location.search).has('test')

/** Starts collecting page errors where the page is under test. */
export function watchErrors(): void {
  if (!isTesting()) return
  const app: TestHooks = { ready: false, errors: [], marks: {} }
  window.app = app
  window.addEventListener('error', (event) => app.errors.push(String(event.message)))
  window.addEventListener('unhandledrejection', (event) => app.errors.push(String(event.reason)))
}

/** Adds hooks to `window.app`, getters as getters; without effect outside tests. */
export function offerHooks(hooks: Partial<TestHooks>): void {
  if (window.app) Object.defineProperties(window.app, Object.getOwnPropertyDescriptors(hooks))
}

/** Begins anew with the marks of one case: `opened` is now, `nextAsked` stays. */
export function markOpened(): void {
  if (!window.app) return
  const { nextAsked } = window.app.marks
  window.app.marks = { opened: performance.now(), ...(nextAsked === undefined ? {} : { nextAsked }) }
}

/** Notes when something happened last; without effect outside tests. */
export function markNow(name: string): void {
  if (window.app) window.app.marks[name] = performance.now()
}

/** Notes when something was first on screen; without effect outside tests. */
export function markFirst(name: string): void {
  if (window.app) window.app.marks[name] ??= performance.now()
}

/**
 * What browser tests may look at, as `window.app`; present only where the address has `?test` or
 * `<html data-test>` is set. Screens add their own hooks with `offerHooks`.
 */
export interface TestHooks {
  ready: boolean
  errors: string[]
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
  const app: TestHooks = { ready: false, errors: [] }
  window.app = app
  window.addEventListener('error', (event) => app.errors.push(String(event.message)))
  window.addEventListener('unhandledrejection', (event) => app.errors.push(String(event.reason)))
}

/** Adds hooks to `window.app`; without effect outside tests. */
export function offerHooks(hooks: Partial<TestHooks>): void {
  if (window.app) Object.assign(window.app, hooks)
}

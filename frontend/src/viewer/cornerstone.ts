/** Starts Cornerstone once per page. */
import { cache, init as initCore } from '@cornerstonejs/core'
import { init as initTools } from '@cornerstonejs/tools'

const CACHE_BYTES = 4_000_000_000

let isStarted = false

export function startCornerstone(): void {
  if (isStarted) return
  isStarted = true
  initCore()
  initTools()
  cache.setMaxCacheSize(CACHE_BYTES)
}

/**
 * Everything that needs Cornerstone, in one chunk that is fetched when the coarse picture is already
 * there; and its start, once per page.
 */
import { cache, init as initCore } from '@cornerstonejs/core'
import { init as initTools } from '@cornerstonejs/tools'

export { dropVolume, makeVolume } from './csVolume'
export { LabelLayer } from './labelLayer'
export { Stage } from './stage'

const CACHE_BYTES = 4_000_000_000

let isStarted = false

export function startCornerstone(): void {
  if (isStarted) return
  isStarted = true
  initCore()
  initTools()
  cache.setMaxCacheSize(CACHE_BYTES)
}

/** Two fingers on a pane: apart or together zooms, sideways moves, up and down steps through slices. */
import type { Plane } from './planes'
import type { SpineView } from './spineView'

export type Pixel = readonly [number, number]
type Kind = 'zoom' | 'pan' | 'scroll'

/** So far fingers travel before it is clear what they mean. */
const CLEAR_PIXELS = 12
const PIXELS_PER_SLICE = 16

interface Fingers {
  readonly middle: Pixel
  readonly apart: number
}

function seen(fingers: readonly Pixel[]): Fingers | null {
  const [a, b] = fingers
  return a && b ? { middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], apart: Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1])) } : null
}

/** What fingers mean by how they moved; null while that is not clear. Zooming moves, too. */
export function meaningOf(first: Fingers, now: Fingers): Kind | null {
  const [dx, dy] = [now.middle[0] - first.middle[0], now.middle[1] - first.middle[1]]
  const spread = Math.abs(now.apart - first.apart)
  const way = Math.hypot(dx, dy)
  if (Math.max(spread, way) < CLEAR_PIXELS) return null
  if (spread > way) return 'zoom'
  return Math.abs(dy) > Math.abs(dx) ? 'scroll' : 'pan'
}

export class Pinch {
  private readonly first: Fingers | null
  private last: Fingers | null
  private kind: Kind | null = null
  private scrolled = 0

  constructor(private readonly view: SpineView, private readonly plane: Plane, fingers: readonly Pixel[]) {
    this.first = seen(fingers)
    this.last = this.first
  }

  moved(fingers: readonly Pixel[]): void {
    const now = seen(fingers)
    const { first, last } = this
    if (!now || !first || !last) return
    this.kind ??= meaningOf(first, now)
    if (this.kind === null) return
    this.last = now
    if (this.kind === 'scroll') return this.scroll(now.middle[1] - first.middle[1])
    this.view.pan(this.plane, [now.middle[0] - last.middle[0], now.middle[1] - last.middle[1]])
    if (this.kind === 'zoom') this.view.zoom(this.plane, now.middle, now.apart / last.apart)
  }

  private scroll(pixels: number): void {
    const slices = Math.trunc(pixels / PIXELS_PER_SLICE)
    if (slices !== this.scrolled) this.view.scroll(this.plane, slices - this.scrolled)
    this.scrolled = slices
  }
}

/** From where the spine is seen: turned around its long axis and tilted, in parallel. */
import type { Vec3 } from '../../domain/geometry'

export interface Turn {
  /** Radians around the axis to the head: 0 from the front, a quarter turn from the left. */
  readonly around: number
  /** Radians above the horizontal. */
  readonly above: number
  readonly zoom: number
}

export const START: Turn = { around: 1.15, above: 0.08, zoom: 1 }
const RADIANS_PER_PIXEL = 0.008
const HIGHEST = 1.5
const [SMALLEST_ZOOM, LARGEST_ZOOM] = [0.5, 12]

const between = (low: number, value: number, high: number) => Math.min(high, Math.max(low, value))

export const turned = (turn: Turn, dx: number, dy: number): Turn => ({
  ...turn,
  around: turn.around - dx * RADIANS_PER_PIXEL,
  above: between(-HIGHEST, turn.above + dy * RADIANS_PER_PIXEL, HIGHEST),
})

export const nearer = (turn: Turn, factor: number): Turn => ({ ...turn, zoom: between(SMALLEST_ZOOM, turn.zoom * factor, LARGEST_ZOOM) })

export interface Axes {
  readonly right: Vec3
  readonly up: Vec3
  /** Out of the screen. */
  readonly towards: Vec3
}

/** The axes of the screen in LPS. */
export function axesOf({ around, above }: Turn): Axes {
  const [ca, sa, ce, se] = [Math.cos(around), Math.sin(around), Math.cos(above), Math.sin(above)]
  return { right: [ca, sa, 0], up: [-sa * se, ca * se, ce], towards: [sa * ce, -ca * ce, se] }
}

/** Where names are written on a pane, so that they cover neither one another nor what else is written there. */
import type { Size } from './planes'

export interface WantedName {
  readonly number: number
  readonly text: string
  /** Pixels of the edge that the name stands left of, and of its middle. */
  readonly at: readonly [number, number]
}

export interface NameBox {
  readonly number: number
  readonly text: string
  /** Pixels of the right end of the text, and of its middle. */
  readonly x: number
  readonly y: number
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

const LETTER = 11.5
const HALF = 10
const GAP = 10
const MARGIN = 6

const meets = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
const boxOf = ({ text, x, y }: NameBox): Box => ({ left: x - text.length * LETTER, right: x, top: y - HALF, bottom: y + HALF })

/**
 * Names within the pane, moved along by as little as frees them; one whose vertebra lies outside the
 * pane, or for which there is no room near it, is left out.
 */
export function placeNames(wanted: readonly WantedName[], size: Size, reserved: readonly Box[]): NameBox[] {
  const placed: NameBox[] = []
  for (const { number, text, at } of wanted) {
    if (at[0] < -GAP || at[0] > size.width + GAP || at[1] < -HALF || at[1] > size.height + HALF) continue
    const width = text.length * LETTER
    const x = Math.min(Math.max(at[0] - GAP, width + MARGIN), size.width - MARGIN)
    const y = Math.min(Math.max(at[1], HALF + MARGIN), size.height - HALF - MARGIN)
    const taken = [...reserved, ...placed.map(boxOf)]
    const free = tries(x, y, width).map((place) => ({ number, text, ...place })).find((name) => isFree(name, size, taken))
    if (free) placed.push(free)
  }
  return placed
}

const STEPS = [0, 22, -22, 36, -36]

/** Where it belongs, then a line up or down, then the other side of the edge. */
const tries = (x: number, y: number, width: number) =>
  [x, x - 34, x + width + 2 * GAP].flatMap((to) => STEPS.map((step) => ({ x: to, y: y + step })))

function isFree(name: NameBox, size: Size, taken: readonly Box[]): boolean {
  const box = boxOf(name)
  return box.left >= 0 && box.right <= size.width && box.top >= 0 && box.bottom <= size.height && !taken.some((other) => meets(box, other))
}

/** Caption, letters of direction, scale and note of a pane. */
export function writtenOn({ width, height }: Size, hasScale: boolean): Box[] {
  const letter = (x: number, y: number): Box => ({ left: x - 9, right: x + 9, top: y - 11, bottom: y + 11 })
  const boxes = [
    { left: 0, right: 130, top: 0, bottom: 30 },
    letter(14, height / 2 - 5), letter(width - 14, height / 2 - 5), letter(width / 2, 17), letter(width / 2, height - 17),
  ]
  return hasScale ? [...boxes, { left: 0, right: 190, top: height - 32, bottom: height }, { left: width - 130, right: width, top: height - 44, bottom: height }] : boxes
}

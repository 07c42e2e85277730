/** Rows beside the spine, each at the height of its vertebra. */

/** Where a body lies on the picture, in picture millimetres; null where nothing is known of it. */
export interface Extent {
  readonly number: number
  readonly top: number | null
  readonly bottom: number | null
}

export interface Row {
  readonly number: number
  /** Pixels below the top of the list. */
  readonly top: number
  readonly height: number
}

export interface RowPlan {
  /** Pixels per picture millimetre of the spine beside the rows. */
  readonly scale: number
  /** Picture millimetre at the top of the list. */
  readonly startMm: number
  readonly rows: readonly Row[]
  /** Pixels of the whole list; more than the room given where it has to scroll. */
  readonly height: number
}

export interface Room {
  readonly height: number
  readonly smallestRow: number
  readonly largestScale: number
}

const MARGIN_MM = 4

/** Plans rows so that borders lie half way between neighbouring bodies.
 *
 * The scale fills the room, unless a row would be smaller than allowed: then the list grows and
 * scrolls. Vertebrae without a place come last, each in a smallest row.
 */
export function planRows(extents: readonly Extent[], room: Room): RowPlan {
  const placed = extents.filter(isPlaced).sort((a, b) => a.top + a.bottom - b.top - b.bottom)
  const lost = extents.filter((extent) => !isPlaced(extent))
  if (placed.length === 0) return evenRows(extents, room)
  const borders = bordersMm(placed)
  const start = borders[0] ?? 0
  const span = (borders.at(-1) ?? start + 1) - start
  const thinnest = Math.min(...placed.map((_, row) => gap(borders, row)))
  const free = Math.max(room.height - lost.length * room.smallestRow, 1)
  const filling = Math.min(free / span, room.largestScale)
  const scale = Math.max(filling, room.smallestRow / thinnest)
  const rows = placed.map((extent, row) => ({
    number: extent.number,
    top: ((borders[row] ?? 0) - start) * scale,
    height: gap(borders, row) * scale,
  }))
  const end = span * scale
  const rest = lost.map((extent, row) => ({
    number: extent.number,
    top: end + row * room.smallestRow,
    height: room.smallestRow,
  }))
  return {
    scale,
    startMm: start,
    rows: [...rows, ...rest],
    height: end + lost.length * room.smallestRow,
  }
}

type Placed = Extent & { readonly top: number; readonly bottom: number }

function isPlaced(extent: Extent): extent is Placed {
  return extent.top !== null && extent.bottom !== null
}

function gap(borders: readonly number[], row: number): number {
  return Math.max((borders[row + 1] ?? 0) - (borders[row] ?? 0), 1)
}

function bordersMm(placed: readonly Placed[]): number[] {
  const inner = placed.slice(1).map((extent, row) => {
    const above = placed[row] ?? extent
    return (above.bottom + extent.top) / 2
  })
  const first = placed[0]
  const last = placed.at(-1)
  if (first === undefined || last === undefined) return []
  return [first.top - MARGIN_MM, ...inner, last.bottom + MARGIN_MM]
}

function evenRows(extents: readonly Extent[], room: Room): RowPlan {
  const height = Math.max(room.smallestRow, Math.min(60, room.height / Math.max(extents.length, 1)))
  const rows = extents.map((extent, row) => ({ number: extent.number, top: row * height, height }))
  return { scale: 1, startMm: 0, rows, height: height * extents.length }
}

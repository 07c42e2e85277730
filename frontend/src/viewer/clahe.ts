/**
 * Local contrast: adaptive histogram equalisation with a limit (Zuiderveld, Graphics Gems IV, 1994).
 * A way to look only: values measured, painted on and stored stay what they are.
 */
const BINS = 256
const TILES = 8
/** No grey value may be stretched more than this many times beyond even. */
const LIMIT = 2.5

interface Picture {
  readonly values: Int16Array
  readonly columns: number
  readonly rows: number
}

/** The picture between `low` and `high`, each tile's greys spread evenly, tiles blended into each other. */
export function equalised({ values, columns, rows }: Picture, low: number, high: number): Int16Array<ArrayBuffer> {
  const bins = binsOf(values, low, high)
  const across = Math.max(1, Math.min(TILES, columns))
  const down = Math.max(1, Math.min(TILES, rows))
  const curves = curvesOf(bins, { columns, rows, across, down })
  const out = new Int16Array(values.length)
  const scale = (high - low) / (BINS - 1)
  const x = blends(columns, across)
  for (let row = 0; row < rows; row++) {
    const y = blend(row, rows, down)
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column
      const bin = bins[at] as number
      const { first, second, share } = x[column] as Blend
      const of = (tileX: number, tileY: number) => curves[(tileY * across + tileX) * BINS + bin] as number
      const upper = of(first, y.first) * (1 - share) + of(second, y.first) * share
      const lower = of(first, y.second) * (1 - share) + of(second, y.second) * share
      out[at] = Math.round(low + scale * (upper * (1 - y.share) + lower * y.share))
    }
  }
  return out
}

function binsOf(values: Int16Array, low: number, high: number): Uint8Array {
  const bins = new Uint8Array(values.length)
  const factor = (BINS - 1) / Math.max(high - low, 1)
  values.forEach((value, at) => {
    bins[at] = Math.min(BINS - 1, Math.max(0, Math.round((value - low) * factor)))
  })
  return bins
}

interface Tiling {
  readonly columns: number
  readonly rows: number
  readonly across: number
  readonly down: number
}

/** For each tile, the grey 0-255 that each bin becomes. */
function curvesOf(bins: Uint8Array, { columns, rows, across, down }: Tiling): Float32Array {
  const counts = new Float64Array(across * down * BINS)
  for (let row = 0; row < rows; row++) {
    const tileRow = Math.floor((row * down) / rows) * across
    for (let column = 0; column < columns; column++) {
      const place = (tileRow + Math.floor((column * across) / columns)) * BINS + (bins[row * columns + column] as number)
      counts[place] = (counts[place] as number) + 1
    }
  }
  const curves = new Float32Array(counts.length)
  for (let tile = 0; tile < across * down; tile++) curve(counts.subarray(tile * BINS, (tile + 1) * BINS), curves.subarray(tile * BINS, (tile + 1) * BINS))
  return curves
}

/** Cuts what lies above the limit, spreads it over all bins, and adds up. */
function curve(counts: Float64Array, into: Float32Array): void {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const most = (LIMIT * total) / BINS
  const cut = counts.reduce((sum, count) => sum + Math.max(0, count - most), 0)
  let below = 0
  counts.forEach((count, bin) => {
    below += Math.min(count, most) + cut / BINS
    into[bin] = total === 0 ? bin : ((BINS - 1) * below) / total
  })
}

interface Blend {
  readonly first: number
  readonly second: number
  /** Of the second. */
  readonly share: number
}

/** The two tiles whose middles lie around a place, and how much the second counts. */
function blend(place: number, length: number, tiles: number): Blend {
  const at = ((place + 0.5) * tiles) / length - 0.5
  const first = Math.min(Math.max(Math.floor(at), 0), tiles - 1)
  return { first, second: Math.min(first + 1, tiles - 1), share: Math.min(Math.max(at - first, 0), 1) }
}

const blends = (length: number, tiles: number): Blend[] => Array.from({ length }, (_, place) => blend(place, length, tiles))

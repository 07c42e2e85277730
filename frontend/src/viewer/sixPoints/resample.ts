/** Grey values between the samples of a picture, and their way to the screen. */
import type { PicturePlane } from './plane'

/** The part of a picture that a canvas shows: millimetres at its upper left corner and per pixel. */
export interface Frame {
  readonly leftMm: number
  readonly topMm: number
  readonly mmPerPixel: number
  readonly width: number
  readonly height: number
}

export interface GreyWindow {
  readonly center: number
  readonly width: number
}

interface Taps {
  readonly index: Int32Array
  readonly weight: Float32Array
}

/** Catmull-Rom weights: four samples for every pixel of one axis, -1 where outside the picture. */
function taps(start: number, step: number, pixels: number, samples: number): Taps {
  const index = new Int32Array(pixels * 4).fill(-1)
  const weight = new Float32Array(pixels * 4)
  for (let pixel = 0; pixel < pixels; pixel++) {
    const place = start + pixel * step
    if (place < -0.5 || place > samples - 0.5) continue
    const base = Math.floor(place)
    const t = place - base
    const weights = [
      ((-t + 2) * t - 1) * t * 0.5,
      ((3 * t - 5) * t * t + 2) * 0.5,
      ((-3 * t + 4) * t + 1) * t * 0.5,
      (t - 1) * t * t * 0.5,
    ]
    for (let tap = 0; tap < 4; tap++) {
      index[pixel * 4 + tap] = Math.min(Math.max(base - 1 + tap, 0), samples - 1)
      weight[pixel * 4 + tap] = weights[tap] ?? 0
    }
  }
  return { index, weight }
}

/** Samples a picture at the centres of a frame's pixels; NaN outside the picture.
 *
 * @returns Hounsfield units, row major, frame.width * frame.height values.
 */
export function resample(plane: PicturePlane, frame: Frame): Float32Array {
  const { width, height, mmPerPixel } = frame
  const centre = mmPerPixel / 2
  const across = taps((frame.leftMm + centre) / plane.columnMm, mmPerPixel / plane.columnMm, width, plane.columns)
  const down = taps((frame.topMm + centre) / plane.rowMm, mmPerPixel / plane.rowMm, height, plane.rows)
  const lines = new Map<number, Float32Array>()
  const line = (row: number): Float32Array => {
    const known = lines.get(row)
    if (known) return known
    const fresh = sampleLine(plane, row, across, width)
    lines.set(row, fresh)
    return fresh
  }
  const out = new Float32Array(width * height).fill(Number.NaN)
  for (let y = 0; y < height; y++) {
    if (down.index[y * 4] === -1) continue
    const rows = [0, 1, 2, 3].map((tap) => line(down.index[y * 4 + tap] as number))
    blend(rows, down.weight.subarray(y * 4, y * 4 + 4), out.subarray(y * width, (y + 1) * width))
  }
  return out
}

/** The inner loop: the weighted sum of four lines. */
function blend(rows: readonly Float32Array[], weight: Float32Array, target: Float32Array): void {
  const [a, b, c, d] = rows as [Float32Array, Float32Array, Float32Array, Float32Array]
  const [wa, wb, wc, wd] = weight as unknown as [number, number, number, number]
  for (let x = 0; x < target.length; x++) {
    target[x] = wa * (a[x] as number) + wb * (b[x] as number) + wc * (c[x] as number) + wd * (d[x] as number)
  }
}

function sampleLine(plane: PicturePlane, row: number, across: Taps, width: number): Float32Array {
  const out = new Float32Array(width).fill(Number.NaN)
  const start = row * plane.columns
  for (let x = 0; x < width; x++) {
    if (across.index[x * 4] === -1) continue
    let sum = 0
    for (let tap = x * 4; tap < x * 4 + 4; tap++) {
      sum += (across.weight[tap] as number) * (plane.hu[start + (across.index[tap] as number)] as number)
    }
    out[x] = sum
  }
  return out
}

/** One grey value between the samples, by the same weights as the screen; NaN outside the picture. */
export function sampleAt(plane: PicturePlane, x: number, y: number): number {
  const across = taps(x / plane.columnMm, 0, 1, plane.columns)
  const down = taps(y / plane.rowMm, 0, 1, plane.rows)
  if (across.index[0] === -1 || down.index[0] === -1) return Number.NaN
  let sum = 0
  for (let row = 0; row < 4; row++) {
    const start = (down.index[row] as number) * plane.columns
    for (let column = 0; column < 4; column++) {
      const weight = (down.weight[row] as number) * (across.weight[column] as number)
      sum += weight * (plane.hu[start + (across.index[column] as number)] as number)
    }
  }
  return sum
}

const BLACK = 0xff000000 | 0

/** Turns Hounsfield units into opaque grey pixels (RGBA); what lies outside the picture is black. */
export function toPixels(hu: Float32Array, window: GreyWindow): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint32Array(hu.length)
  const low = window.center - window.width / 2
  const scale = 255 / window.width
  for (let index = 0; index < hu.length; index++) {
    const grey = ((hu[index] as number) - low) * scale
    // NaN is neither above nor below: it falls through to black.
    const level = grey >= 255 ? 255 : grey > 0 ? (grey + 0.5) | 0 : 0
    pixels[index] = BLACK | (level * 0x010101)
  }
  return new Uint8ClampedArray(pixels.buffer)
}

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
    const target = out.subarray(y * width, (y + 1) * width).fill(0)
    for (let tap = 0; tap < 4; tap++) {
      const source = line(down.index[y * 4 + tap] ?? 0)
      const weight = down.weight[y * 4 + tap] ?? 0
      for (let x = 0; x < width; x++) target[x] = (target[x] ?? 0) + weight * (source[x] ?? 0)
    }
  }
  return out
}

function sampleLine(plane: PicturePlane, row: number, across: Taps, width: number): Float32Array {
  const out = new Float32Array(width).fill(Number.NaN)
  const start = row * plane.columns
  for (let x = 0; x < width; x++) {
    if (across.index[x * 4] === -1) continue
    let sum = 0
    for (let tap = x * 4; tap < x * 4 + 4; tap++) {
      sum += (across.weight[tap] ?? 0) * (plane.hu[start + (across.index[tap] ?? 0)] ?? 0)
    }
    out[x] = sum
  }
  return out
}

/** Turns Hounsfield units into opaque grey pixels (RGBA); what lies outside the picture is black. */
export function toPixels(
  hu: Float32Array,
  window: GreyWindow,
  out: Uint8ClampedArray<ArrayBuffer> = new Uint8ClampedArray(hu.length * 4),
): Uint8ClampedArray<ArrayBuffer> {
  const low = window.center - window.width / 2
  const scale = 255 / window.width
  for (let index = 0; index < hu.length; index++) {
    const value = hu[index] ?? Number.NaN
    const grey = Number.isNaN(value) ? 0 : (value - low) * scale
    out[index * 4] = grey
    out[index * 4 + 1] = grey
    out[index * 4 + 2] = grey
    out[index * 4 + 3] = 255
  }
  return out
}

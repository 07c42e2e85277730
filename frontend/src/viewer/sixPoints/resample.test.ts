import { describe, expect, it } from 'vitest'
import { resample, toPixels } from './resample'
import { sagittalPlane } from './sagittalPlane'
import { fitted, frameOf, toMm, toPixel, zoomed } from './view'

const GEOMETRY = {
  dims: [8, 6, 1] as const,
  spacing_mm: [0.5, 2, 1] as const,
  origin_mm: [0, 0, 0] as const,
  direction: [0, 1, 0, 0, 0, -1, -1, 0, 0],
}
/** HU = 10 i + 100 j: any interpolation that is right for straight lines gives it back. */
const RAMP = Int16Array.from({ length: 48 }, (_, n) => 10 * (n % 8) + 100 * Math.floor(n / 8))

describe('resampling a picture', () => {
  const plane = sagittalPlane(GEOMETRY, 0, RAMP)

  it('gives a straight ramp back between its samples, with its own spacing each way', () => {
    const frame = { leftMm: 0.9, topMm: 3.9, mmPerPixel: 0.2, width: 4, height: 5 }
    const out = resample(plane, frame)
    for (let y = 0; y < 5; y++) {
      for (let x = 0; x < 4; x++) {
        const hu = 20 * (0.9 + 0.2 * (x + 0.5)) + 50 * (3.9 + 0.2 * (y + 0.5))
        expect(out[y * 4 + x]).toBeCloseTo(hu, 2)
      }
    }
  })

  it('shows nothing beyond the picture', () => {
    const out = resample(plane, { leftMm: -3, topMm: 0, mmPerPixel: 1, width: 2, height: 1 })
    expect([...out]).toEqual([Number.NaN, Number.NaN])
    expect([...toPixels(out, { center: 40, width: 400 }).slice(0, 4)]).toEqual([0, 0, 0, 255])
  })

  it('maps the window to black and white', () => {
    const pixels = toPixels(Float32Array.of(-2000, 200, 400, 3000), { center: 300, width: 400 })
    expect([pixels[0], pixels[4], pixels[8], pixels[12]]).toEqual([0, 64, 191, 255])
  })
})

describe('a view', () => {
  const size = { width: 700, height: 650 }
  const view = fitted({ left: 10, right: 40, top: 100, bottom: 122 }, size)

  it('centres the body and leaves room for its neighbours', () => {
    expect(toPixel(view, size, { x: 25, y: 111 })).toEqual([350, 325])
    expect(view.scale * 22 * 3).toBeLessThanOrEqual(650 + 1e-9)
  })

  it('goes from pixels to millimetres and back', () => {
    const place = toMm(view, size, [12, 600])
    const [x, y] = toPixel(view, size, place)
    expect(x).toBeCloseTo(12, 9)
    expect(y).toBeCloseTo(600, 9)
    expect(frameOf(view, size).leftMm).toBeCloseTo(toMm(view, size, [0, 0]).x, 9)
  })

  it('keeps the place under the cursor when zooming', () => {
    const before = toMm(view, size, [500, 80])
    const after = toMm(zoomed(view, size, [500, 80], 1.7), size, [500, 80])
    expect(after.x).toBeCloseTo(before.x, 9)
    expect(after.y).toBeCloseTo(before.y, 9)
  })
})

import { describe, expect, it } from 'vitest'
import golden from '../../../../tests/golden/strip.json'
import { UnknownFormat } from '../../bridge'
import { heightsMm } from '../../domain/genant'
import { movedOnPicture, plainBody } from './plane'
import type { Vec3 } from './plane'
import { decodeStraightened, straightenedPlane } from './straightened'

const ROWS = 60
const COLUMNS = 40
const STEP = 0.75
const V_ORIGIN = 17.5
const RADIUS = 90

/** A spine bent backwards on a circle and, slightly, sideways: the planes meet behind it. */
function frames() {
  const rows = Array.from({ length: ROWS }, (_, s) => (s * STEP) / RADIUS)
  return {
    curve: rows.map((a): Vec3 => [3 * Math.sin(2 * a), RADIUS * (1 - Math.cos(a)), -RADIUS * Math.sin(a)]),
    across: rows.map((a): Vec3 => [0, Math.cos(a), Math.sin(a)]),
    right: rows.map((): Vec3 => [-1, 0, 0]),
  }
}

function encoded(change: (view: DataView) => void = () => undefined): Uint8Array<ArrayBuffer> {
  const { curve, across, right } = frames()
  const buffer = new ArrayBuffer(32 + 36 * ROWS + 2 * ROWS * COLUMNS)
  const view = new DataView(buffer)
  new TextEncoder().encodeInto('lamina.strip/1', new Uint8Array(buffer, 0, 16))
  view.setUint32(16, ROWS, true)
  view.setUint32(20, COLUMNS, true)
  view.setFloat32(24, STEP, true)
  view.setFloat32(28, V_ORIGIN, true)
  ;[...curve, ...across, ...right].flat().forEach((value, index) => {
    view.setFloat32(32 + 4 * index, value, true)
  })
  for (let index = 0; index < ROWS * COLUMNS; index++) {
    view.setInt16(32 + 36 * ROWS + 2 * index, index - 1000, true)
  }
  change(view)
  return new Uint8Array(buffer)
}

function expectClose(value: Vec3, wanted: Vec3, digits: number) {
  value.forEach((coordinate, axis) => {
    expect(coordinate).toBeCloseTo(wanted[axis] ?? Number.NaN, digits)
  })
}

describe('lamina.strip/1', () => {
  it('is read with its values, rows downwards and columns backwards', () => {
    const picture = decodeStraightened(encoded())
    expect([picture.rows, picture.columns, picture.rowMm]).toEqual([ROWS, COLUMNS, STEP])
    expect(picture.hu[3 * COLUMNS + 5]).toBe(3 * COLUMNS + 5 - 1000)
    const row = frames()
    const expected = row.curve[30] ?? [0, 0, 0]
    expectClose(picture.toPatient({ x: V_ORIGIN * STEP, y: 30 * STEP, off: 0 }), expected, 4)
  })

  it('follows p = curve(s) + (v - origin) * step * normal(s) between rows', () => {
    const picture = decodeStraightened(encoded())
    const { curve, across } = frames()
    const [c0, c1] = [curve[10] ?? [0, 0, 0], curve[11] ?? [0, 0, 0]]
    const [n0, n1] = [across[10] ?? [0, 0, 0], across[11] ?? [0, 0, 0]]
    const v = 29
    const wanted = [0, 1, 2].map((axis) => {
      const along = 0.25
      const c = (c0[axis] ?? 0) * (1 - along) + (c1[axis] ?? 0) * along
      const n = (n0[axis] ?? 0) * (1 - along) + (n1[axis] ?? 0) * along
      return c + (v - V_ORIGIN) * STEP * n
    })
    const point = picture.toPatient({ x: v * STEP, y: 10.25 * STEP, off: 0 })
    expectClose(point, [wanted[0] ?? 0, wanted[1] ?? 0, wanted[2] ?? 0], 4)
  })

  it('is read from the bytes the server writes', () => {
    const bytes = Uint8Array.from(golden.plain_hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    const picture = decodeStraightened(bytes)
    expect([...picture.hu]).toEqual(golden.hu.flat())
    for (const { row, column, mm } of golden.places) {
      const place = { x: column * golden.step_mm, y: row * golden.step_mm, off: 0 }
      expectClose(picture.toPatient(place), mm as unknown as Vec3, 5)
    }
  })

  it.each([
    ['another name', (view: DataView) => view.setUint8(3, 0)],
    ['fewer rows than said', (view: DataView) => view.setUint32(16, ROWS + 1, true)],
    ['no step', (view: DataView) => view.setFloat32(24, 0, true)],
  ])('is refused with %s', (_, change) => {
    expect(() => decodeStraightened(encoded(change))).toThrow(UnknownFormat)
  })
})

describe('the way between picture and patient', () => {
  const { curve, across, right } = frames()
  const picture = straightenedPlane({ curve, across, right }, new Int16Array(ROWS * COLUMNS), COLUMNS, STEP, V_ORIGIN)

  it('returns to the same place from everywhere, also off the picture and beyond its ends', () => {
    for (const y of [-6, 0, 0.3, 7.5, 22.21, 44.2, 49]) {
      for (const x of [1, V_ORIGIN * STEP, 28.4]) {
        for (const off of [-4.5, 0, 3.25]) {
          const back = picture.toPicture(picture.toPatient({ x, y, off }))
          expect(back.x).toBeCloseTo(x, 8)
          expect(back.y).toBeCloseTo(y, 8)
          expect(back.off).toBeCloseTo(off, 8)
        }
      }
    }
  })

  it('measures the same heights after any way to the picture and back', () => {
    let seed = 11
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647
    for (let body = 0; body < 40; body++) {
      const top = 4 + 20 * random()
      const points = [2, 13, 26].map((x) =>
        [top, top + 12 + 8 * random()].map((y) => [...picture.toPatient({ x: x + random(), y, off: 12 * random() - 6 })]),
      )
      const back = points.map((pair) => pair.map((point) => [...picture.toPatient(picture.toPicture(point as unknown as Vec3))]))
      heightsMm(back).forEach((height, place) => expect(Math.abs(height - (heightsMm(points)[place] ?? 0))).toBeLessThan(1e-6))
    }
  })

  it("returns a patient's point that lies on no sample", () => {
    const point: Vec3 = [-7.31, 9.87, -20.64]
    expectClose(picture.toPatient(picture.toPicture(point)), point, 8)
  })

  it("measures heights in the patient: behind the curve's centre the planes converge", () => {
    const centre = { x: V_ORIGIN * STEP, y: 22, off: 0 }
    const [anterior, middle, posterior] = heightsMm(plainBody(picture, centre, 20, 20))
    expect(middle).toBeCloseTo(2 * RADIUS * Math.sin(10 / RADIUS), 1)
    expect(anterior - posterior).toBeGreaterThan(3)
  })

  it("keeps a point's distance from the picture while it is dragged", () => {
    const body = plainBody(picture, { x: 12, y: 20, off: 2 })
    const after = movedOnPicture(picture, body, { segment: 0, end: 0 }, { x: 9, y: 14 })
    const place = picture.toPicture((after[0]?.[0] ?? []) as unknown as Vec3)
    expect([place.x, place.y, place.off].map((n) => Math.round(n * 1e6) / 1e6)).toEqual([9, 14, 2])
  })
})

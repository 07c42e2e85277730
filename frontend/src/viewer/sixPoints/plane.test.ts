import { describe, expect, it } from 'vitest'
import { boxOf, movedOnPicture, plainBody, pointOf, POINT_NAMES } from './plane'
import { sagittalPlane, sliceThrough } from './sagittalPlane'
import type { SliceGeometry } from './sagittalPlane'

const s = Math.SQRT1_2
/** Oblique: i and j turned by 45 degrees in the sagittal plane, all spacings different. */
const OBLIQUE: SliceGeometry = {
  dims: [4, 3, 9],
  spacing_mm: [0.5, 0.8, 3],
  origin_mm: [20, -5, 100],
  direction: [0, s, -s, 0, -s, -s, -1, 0, 0],
}

describe('an original sagittal slice', () => {
  const plane = sagittalPlane(OBLIQUE, 2, new Int16Array(12))

  it('puts the voxel (i, j, k) where the volume says it is', () => {
    const point = plane.toPatient({ x: 3 * 0.5, y: 2 * 0.8, off: 0 })
    expect(point[0]).toBeCloseTo(20 - 2 * 3, 12)
    expect(point[1]).toBeCloseTo(-5 + 1.5 * s - 1.6 * s, 12)
    expect(point[2]).toBeCloseTo(100 - 1.5 * s - 1.6 * s, 12)
  })

  it('keeps the distance from the slice on the way to the picture and back', () => {
    const place = plane.toPicture([10.25, -3, 97])
    expect(place.off).toBeCloseTo(20 - 6 - 10.25, 12)
    plane.toPatient(place).forEach((value, axis) => {
      expect(value).toBeCloseTo([10.25, -3, 97][axis] ?? 0, 10)
    })
  })

  it('refuses values of another size', () => {
    expect(() => sagittalPlane(OBLIQUE, 0, new Int16Array(11))).toThrow('4 by 3')
  })
})

describe('the slice through points', () => {
  it('is the nearest one and stays within the volume', () => {
    expect(
      sliceThrough(OBLIQUE, [
        [13, 0, 0],
        [10, 0, 0],
      ]),
    ).toBe(3)
    expect(sliceThrough(OBLIQUE, [[500, 0, 0]])).toBe(0)
    expect(sliceThrough(OBLIQUE, [])).toBe(4)
  })
})

describe('moving a point on the picture', () => {
  const plane = sagittalPlane(OBLIQUE, 2, new Int16Array(12))
  const points = plainBody(plane, { x: 10, y: 12, off: 2.5 })

  it('changes that point alone, within its own distance from the picture', () => {
    const to = movedOnPicture(plane, points, { segment: 1, end: 1 }, { x: 11, y: 20 })
    const place = plane.toPicture(pointOf(to, { segment: 1, end: 1 }))
    expect([place.x, place.y, place.off].map((value) => Number(value.toFixed(9)))).toEqual([11, 20, 2.5])
    const others = POINT_NAMES.filter((name) => name.segment !== 1 || name.end !== 1)
    for (const name of others) expect(pointOf(to, name)).toEqual(pointOf(points, name))
  })

  it('knows the box of a plain body', () => {
    const box = boxOf(plane, points)
    expect(box.right - box.left).toBeCloseTo(28, 9)
    expect(box.bottom - box.top).toBeCloseTo(20, 9)
    expect((box.top + box.bottom) / 2).toBeCloseTo(12, 9)
  })

  it('turns a plain body to the direction of the spine', () => {
    const turned = plainBody(plane, { x: 0, y: 0, off: 0 }, 28, 20, { x: 3, y: 3 })
    const upper = plane.toPicture(pointOf(turned, { segment: 1, end: 0 }))
    const front = plane.toPicture(pointOf(turned, { segment: 0, end: 0 }))
    expect([upper.x, upper.y].map((value) => value.toFixed(6))).toEqual([(-10 * s).toFixed(6), (-10 * s).toFixed(6)])
    expect([front.x - upper.x, front.y - upper.y].map((value) => value.toFixed(6))).toEqual([
      (-14 * s).toFixed(6),
      (14 * s).toFixed(6),
    ])
  })
})

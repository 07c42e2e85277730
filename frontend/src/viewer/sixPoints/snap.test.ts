import { describe, expect, it } from 'vitest'
import { allBy } from './origins'
import { bodyOfLines, lengthOf, snappedAll } from './placing'
import type { PicturePlane } from './plane'
import { plainBody, pointOf, POINT_NAMES, withPoint } from './plane'
import { sagittalPlane } from './sagittalPlane'
import { sampleAt } from './resample'
import { snapPlace } from './snap'

const SPACING = [0.7, 0.9, 3] as const
const EDGE_HU = 700

/** A body whose upper plate falls from 12.4 mm at the left to 14 mm at 30 mm, lower plate at 33.3 mm. */
const upperEdge = (x: number) => 12.4 + (1.6 * x) / 30
const LOWER_EDGE = 33.3

function picture(noise = 0): PicturePlane {
  const [columns, rows] = [80, 60]
  const hu = new Int16Array(columns * rows)
  let seed = 7
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647 - 0.5
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = [column * SPACING[0], row * SPACING[1]]
      const inside = soft(y - upperEdge(x)) * soft(LOWER_EDGE - y)
      hu[row * columns + column] = Math.round(40 + EDGE_HU * inside + noise * random())
    }
  }
  const geometry = {
    dims: [columns, rows, 9],
    spacing_mm: SPACING,
    origin_mm: [0, 0, 0],
    direction: [0, 1, 0, 0, 0, -1, -1, 0, 0],
  } as const
  return sagittalPlane(geometry, 4, hu)
}

/** The blurred edge of a CT, 1.2 mm wide. */
const soft = (mm: number) => 1 / (1 + Math.exp(-mm / 0.4))

describe('snapping to an end plate', () => {
  it.each([-1.8, -0.7, 0, 0.4, 1.6])('finds the edge from %d mm away, between the samples', (away) => {
    for (const noise of [0, 60]) {
      const found = snapPlace(picture(noise), { x: 20, y: upperEdge(20) + away }, { x: 0, y: -1 })
      expect(found?.x).toBe(20)
      expect(Math.abs((found?.y ?? Number.NaN) - upperEdge(20))).toBeLessThan(noise ? 0.3 : 0.15)
    }
  })

  it('goes no further than 2 mm and nowhere without an edge', () => {
    expect(snapPlace(picture(), { x: 20, y: upperEdge(20) - 4 }, { x: 0, y: -1 })).toBeNull()
    expect(snapPlace(picture(), { x: 20, y: 23 }, { x: 0, y: -1 })).toBeNull()
    expect(snapPlace(picture(), { x: 20, y: -30 }, { x: 0, y: -1 })).toBeNull()
  })

  it('takes an edge only where the bone ends, not where it begins', () => {
    expect(snapPlace(picture(), { x: 20, y: upperEdge(20) }, { x: 0, y: 1 })).toBeNull()
  })

  it('samples as the screen does: exact on samples, none outside', () => {
    const plane = picture()
    expect(sampleAt(plane, 10 * SPACING[0], 20 * SPACING[1])).toBeCloseTo(plane.hu[20 * 80 + 10] ?? 0, 6)
    expect(sampleAt(plane, -5, 10)).toBeNaN()
  })
})

describe('six points from two drags', () => {
  const plane = picture()
  const upper = [
    { x: 8, y: upperEdge(8) + 0.6 },
    { x: 36, y: upperEdge(36) - 0.5 },
  ] as const
  const lower = [
    { x: 8, y: 32.1 },
    { x: 36, y: 34.2 },
  ] as const

  it('stand where the drags began and ended, the middle ones half way', () => {
    const { points, by } = bodyOfLines(plane, [upper, lower], 0, false)
    expect(by).toEqual(allBy('reader'))
    const place = (segment: 0 | 1 | 2, end: 0 | 1) => plane.toPicture(pointOf(points, { segment, end }))
    expect(place(0, 0)).toMatchObject({ x: 8 })
    expect(place(2, 1).y).toBeCloseTo(34.2, 9)
    expect(place(1, 1).x).toBeCloseTo(22, 9)
    expect(place(1, 1).y).toBeCloseTo(33.15, 9)
    for (const name of POINT_NAMES) expect(plane.toPicture(pointOf(points, name)).off).toBeCloseTo(0, 9)
  })

  it('come out the same whichever way and in whichever order they are drawn', () => {
    const forth = bodyOfLines(plane, [upper, lower], 0, true)
    expect(
      bodyOfLines(
        plane,
        [
          [lower[1], lower[0]],
          [upper[1], upper[0]],
        ],
        0,
        true,
      ),
    ).toEqual(forth)
    expect(lengthOf(upper)).toBeCloseTo(Math.hypot(28, upper[1].y - upper[0].y), 9)
  })

  it('snap in the middle only; what the reader placed stays to the last bit', () => {
    const plain = bodyOfLines(plane, [upper, lower], 0, false)
    const { points, by } = bodyOfLines(plane, [upper, lower], 0, true)
    expect(by).toEqual([
      ['reader', 'reader'],
      ['snapped', 'snapped'],
      ['reader', 'reader'],
    ])
    for (const segment of [0, 2] as const) {
      for (const end of [0, 1] as const) {
        expect(pointOf(points, { segment, end })).toEqual(pointOf(plain.points, { segment, end }))
      }
    }
    expect(Math.abs(plane.toPicture(pointOf(points, { segment: 1, end: 1 })).y - LOWER_EDGE)).toBeLessThan(0.15)
  })

  it('all snap where the reader asks, and those without an edge stay', () => {
    const body = plainBody(plane, { x: 22, y: 23, off: 3 }, 28, 20)
    const far = withPoint(body, { segment: 0, end: 0 }, plane.toPatient({ x: 8, y: 20, off: 3 }))
    const { points, by } = snappedAll(plane, { points: far, by: allBy('model') })
    expect(by?.[0]).toEqual(['model', 'snapped'])
    expect(pointOf(points, { segment: 0, end: 0 })).toEqual(pointOf(far, { segment: 0, end: 0 }))
    const lowered = plane.toPicture(pointOf(points, { segment: 2, end: 1 }))
    expect(Math.abs(lowered.y - LOWER_EDGE)).toBeLessThan(0.15)
    expect(lowered.off).toBeCloseTo(3, 9)
  })
})

import { describe, expect, it, test } from 'vitest'
import golden from '../../../tests/golden/six_points.json'
import { formatMm } from './format'
import type { Heights } from './genant'
import {
  adjustedRatio,
  type Beside,
  compressionPercent,
  expectedHeights,
  lateralSpread,
  type NormalHeights,
  plateAngleDegrees,
} from './measures'
import { refusalOf, unusualHeights } from './sixPoints'
import grading from '../strings/en/grading.json'

const triple = (values: readonly number[]) => values as unknown as Heights
type Points = readonly (readonly (readonly number[])[])[]

test.each(golden.refused)('six points: $name', (row) => {
  expect(refusalOf(row.points)).toBe(row.code)
})

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is no coordinate', (value) => {
  const points = structuredClone(golden.refused[0]?.points ?? [])
  if (points[1]?.[0]) points[1][0][2] = value
  expect(refusalOf(points)).toBe('form')
})

test('both sides refuse in the same words', () => {
  expect(grading.refused).toEqual(golden.words)
})

test.each(golden.unusual)('$heights mm', (row) => {
  expect(unusualHeights(triple(row.heights))).toEqual(row.places)
  expect(unusualHeights(triple(row.heights), 'pixel')).toEqual([])
})

test('no millimetres are written of pixels', () => {
  expect([formatMm(12.34, 'patient_mm'), formatMm(12.34, 'detector_mm'), formatMm(12.34, 'pixel')]).toEqual([
    '12.3',
    '12.3',
    null,
  ])
})

describe('measures made from several bodies', () => {
  it.each(golden.compression)('compression of $own beside $neighbours', (row) => {
    const found = compressionPercent(row.own, row.neighbours)
    if (row.percent === null) expect(found).toBeNull()
    else expect(found).toBeCloseTo(row.percent, 6)
  })

  it.each(golden.adjusted)('G of $heights by the normal ratios $ratios', (row) => {
    expect(adjustedRatio(triple(row.heights), row.ratios as [number, number])).toBeCloseTo(row.g, 9)
  })

  it.each(golden.angles)('angle: $name', (row) => {
    const upper = row.upper as Points
    expect(plateAngleDegrees(upper, (row.lower as Points | null) ?? upper)).toBeCloseTo(row.degrees, 6)
  })

  it.each(golden.spread)('spread of $heights', (row) => {
    const found = lateralSpread(row.points)
    found.inPlane.forEach((height, place) => expect(height).toBeCloseTo(row.heights[place] ?? 0, 9))
    expect(found.ratio).toBeCloseTo(row.ratio, 6)
  })

  it('has no angle of a plate without length and no height wholly across', () => {
    const points = [
      [
        [0, 0, 0],
        [5, 0, 0],
      ],
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    ]
    expect(plateAngleDegrees(points, points)).toBeNull()
    expect(() => lateralSpread(points)).toThrow('left-right')
  })

  it.each(golden.expected)('expected heights: $name', (row) => {
    const spine = (row.spine as unknown as [string | null, number[] | null, boolean][]).map(
      ([level, heights, isValid]): Beside => ({ level, heightsMm: heights && triple(heights), isValid }),
    )
    const normal = ('normal_mm' in row ? row.normal_mm : {}) as unknown as NormalHeights
    const found = expectedHeights(spine, row.place, normal)
    if (row.heights === null) return expect(found).toBeNull()
    found?.heightsMm.forEach((height, place) => expect(height).toBeCloseTo(row.heights[place] ?? Number.NaN, 9))
    expect(found?.sources).toEqual(row.sources)
    const flags = [found?.oneSided && 'one_sided', found?.extended && 'extended', found?.scaled && 'scaled']
    expect(flags.filter(Boolean)).toEqual(row.flags)
  })
})

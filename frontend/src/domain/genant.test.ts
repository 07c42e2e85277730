import { describe, expect, it } from 'vitest'
import { conventionOf, heightsMm, measureHeights, measurePoints } from './genant'
import type { Heights } from './genant'

const OWN: [Heights, number, number, string][] = [
  [[20, 20, 20], 0, 0, 'none'],
  [[16, 18, 20], 1, 1, 'wedge'],
  [[15, 18, 20], 2, 1, 'wedge'],
  [[14.9, 18, 20], 2, 1, 'wedge'],
  [[14.8, 18, 20], 2, 2, 'wedge'],
  [[12, 18, 20], 3, 3, 'wedge'],
  [[11.99, 18, 20], 3, 3, 'wedge'],
  [[16.0001, 18, 20], 0, 0, 'none'],
  [[19.2, 24, 24], 1, 1, 'wedge'],
  [[10.8, 16, 18], 3, 3, 'wedge'],
  [[20, 15.2, 19], 1, 1, 'biconcave'],
  [[20, 14, 19.5], 2, 2, 'biconcave'],
  [[18, 16, 14], 1, 1, 'crush'],
  [[14, 14, 14.2], 0, 0, 'none'],
]

const EXPECTED: [Heights, number, string][] = [
  [[14, 13.8, 14.2], 2, 'crush'],
  [[14, 12, 18], 2, 'wedge'],
  [[18.9, 13, 19.9], 2, 'biconcave'],
  [[16, 13, 15], 2, 'biconcave'],
  [[17, 16, 18], 0, 'none'],
]

describe('grades from six points', () => {
  it.each(OWN)('%j by the own maximum', (heights, byLoss, byText, shape) => {
    const measured = measureHeights(heights)
    expect([measured.grade, measured.shape]).toEqual([byLoss, shape])
    expect(measureHeights(heights, null, conventionOf('zakharov_text')).grade).toBe(byText)
  })

  it.each(EXPECTED)('%j against neighbours (19, 18, 20)', (heights, grade, shape) => {
    const measured = measureHeights(heights, [19, 18, 20])
    expect([measured.grade, measured.shape]).toEqual([grade, shape])
  })

  it('takes heights in 3-D', () => {
    const scaled = [
      [
        [100, 50, 10],
        [100, 50, 30],
      ],
      [
        [110, 50, 12],
        [112, 50, 30],
      ],
      [
        [120, 52, 11],
        [120, 50, 31],
      ],
    ].map((pair) => pair.map(([x, y, z]) => [(x ?? 0) * 0.7, (y ?? 0) * 0.7, z ?? 0]))
    const [anterior, middle, posterior] = heightsMm(scaled)
    expect(anterior).toBeCloseTo(20, 6)
    expect(middle).toBeCloseTo(18.054362, 6)
    expect(posterior).toBeCloseTo(20.04894, 6)
    expect(measurePoints(scaled).g).toBeCloseTo(18.054362 / 20.04894, 6)
  })

  it('refuses what is no height', () => {
    expect(() => measureHeights([0, 10, 10])).toThrow(RangeError)
    expect(() =>
      heightsMm([
        [
          [1, 2, 3],
          [1, 2, Number.NaN],
        ],
        [],
        [],
      ]),
    ).toThrow(RangeError)
    expect(() => conventionOf('unheard_of')).toThrow('unheard_of')
  })
})

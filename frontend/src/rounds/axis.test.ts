import { expect, test } from 'vitest'
import { HEIGHT, LEFT, scaleTo, TOP, WIDTH, xOf, yOf } from './axis'

test.each([
  [28, [0, 10, 20, 30]],
  [5, [0, 1, 2, 3, 4, 5]],
  [0.4, [0, 0.1, 0.2, 0.3, 0.4]],
  [100, [0, 20, 40, 60, 80, 100]],
])('a scale to %d has round steps and reaches it', (most, steps) => {
  const found = scaleTo(most)
  expect(found.length).toBe(steps.length)
  found.forEach((value, at) => expect(value).toBeCloseTo(steps[at] as number, 9))
})

test('values and groups lie within the picture, larger ones higher', () => {
  expect(yOf(10, 10)).toBe(TOP)
  expect(yOf(0, 10)).toBeLessThan(HEIGHT)
  expect(yOf(3, 10)).toBeGreaterThan(yOf(4, 10))
  expect(xOf(0, 3)).toBeGreaterThan(LEFT)
  expect(xOf(2, 3)).toBeLessThan(WIDTH)
})

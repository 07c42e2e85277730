import { expect, test } from 'vitest'
import { equalised } from './clahe'

const [columns, rows] = [64, 48]
const picture = (grey: (column: number, row: number) => number) => ({
  values: Int16Array.from({ length: columns * rows }, (_, at) => grey(at % columns, Math.floor(at / columns))), columns, rows,
})
const spread = (values: Int16Array) => Math.max(...values) - Math.min(...values)

test('a weak contrast on a bright ground becomes stronger, and stays within the limits', () => {
  const faint = picture((column, row) => 3000 + ((column * 37 + row * 91) % 400))
  const out = equalised(faint, 0, 4000)
  expect(spread(out)).toBeGreaterThan(2 * spread(faint.values))
  expect(Math.min(...out)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...out)).toBeLessThanOrEqual(4000)
})

test('greys keep their order within a place, and an even picture stays even', () => {
  const out = equalised(picture(() => 1500), 0, 4000)
  expect(spread(out)).toBe(0)
  const ramp = equalised(picture((column) => column * 60), 0, 4000)
  for (let column = 1; column < columns; column++) expect(ramp[column]).toBeGreaterThanOrEqual((ramp[column - 1] as number) - 60)
})

test('the picture it was made from is left as it was', () => {
  const source = picture((column, row) => column * row)
  const before = source.values.slice()
  equalised(source, 0, 3000)
  expect(source.values).toEqual(before)
})

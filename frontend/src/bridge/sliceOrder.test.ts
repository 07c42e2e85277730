import { expect, test } from 'vitest'
import { interleaved, SliceOrder } from './sliceOrder'

test('the middle slice comes first, then every fourth, and none is missing', () => {
  const order = interleaved(17)
  expect(order.slice(0, 5)).toEqual([8, 4, 12, 0, 16])
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, k) => k))
})

test('what someone looks at goes first, and nothing is taken twice', () => {
  const order = new SliceOrder(5)
  expect(order.take()).toBe(2)
  order.prefer([4, 2, 3])
  expect([order.take(), order.take(), order.take(), order.take(), order.take()]).toEqual([4, 3, 1, 0, null])
})

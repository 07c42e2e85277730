import { expect, test } from 'vitest'
import type { VolumeMeta } from '../api/types'
import { HalfPicture, isTooLarge, needsOf } from './memory'

const LARGE = [512, 600, 512] as const

test('a volume is asked about where it needs more than a page may take', () => {
  const needs = needsOf(LARGE, 1)
  expect(needs.bytes).toBe(6 * 512 * 600 * 512)
  expect(needs.halfBytes).toBe(needs.bytes - 2 * 512 * 600 * 512 + 4 * 256 * 300 * 256)
  expect(isTooLarge(needs)).toBe(true)
  expect(isTooLarge(needsOf(LARGE, 2))).toBe(false)
  expect(isTooLarge(needsOf(LARGE, undefined))).toBe(false)
  expect(isTooLarge(needsOf([100, 100, 40], 0.25))).toBe(false)
})

test('a half picture holds the mean of each block, at the block\'s middle, odd ends too', () => {
  const dims: [number, number, number] = [3, 2, 3]
  const meta = { dims, spacing_mm: [1, 2, 3], origin_mm: [10, 20, 30], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1] } as unknown as VolumeMeta
  const hu = Int16Array.from({ length: 18 }, (_, at) => 8 * at)
  const half = new HalfPicture(meta)
  expect(half.meta).toMatchObject({ dims: [2, 1, 2], spacing_mm: [2, 4, 6], origin_mm: [10.5, 21, 31.5] })
  expect([0, 1, 2].map((k) => half.follow(hu, k))).toEqual([0, 0, 1])
  const mean = (...at: number[]) => (8 * at.reduce((sum, one) => sum + one, 0)) / at.length
  expect([...half.voxels]).toEqual([
    mean(0, 1, 3, 4, 6, 7, 9, 10), mean(2, 5, 8, 11), mean(12, 13, 15, 16), mean(14, 17),
  ])
})

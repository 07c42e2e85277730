import { expect, test } from 'vitest'
import { type Sized, sizeOutliers } from './sizes'

const bone = (level: string | null, voxels: number, isPartial = false): Sized => ({ level, voxels, isPartial })
const rowOf = (...bones: Sized[]) => new Map(bones.map((one, at) => [at + 1, one]))

test('a vertebra is odd that is far smaller or larger than both its neighbours', () => {
  const row = rowOf(bone('T11', 100), bone('T12', 50), bone('L1', 110), bone('L2', 120), bone('L3', 125), bone('L4', 260), bone('L5', 130))
  expect([...sizeOutliers(row)].map(([number, share]) => [number, Math.round(100 * share)])).toEqual([[2, 48], [6, 204]])
})

test('what is cut by the border, the ends of the row and the sacrum are no measure', () => {
  expect(sizeOutliers(rowOf(bone('T12', 100, true), bone('L1', 30), bone('L2', 100))).size).toBe(0)
  expect(sizeOutliers(rowOf(bone('L4', 100), bone('L5', 100), bone('S1', 400))).size).toBe(0)
  expect(sizeOutliers(rowOf(bone('L1', 30), bone('L2', 100), bone(null, 5))).size).toBe(0)
})

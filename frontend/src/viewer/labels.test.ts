import { expect, test } from 'vitest'
import { flatIndex, type Grid } from '../domain/geometry'
import { labelStats } from './labelStats'
import { namePlaces } from './names'

const grid: Grid = { dims: [30, 20, 10], spacingMm: [1, 1, 2], originMm: [0, 0, 0], direction: [0, 1, 0, 0, 0, -1, -1, 0, 0] }

function aMap(): Uint8Array {
  const labels = new Uint8Array(30 * 20 * 10)
  for (let k = 3; k < 7; k++)
    for (let j = 4; j < 9; j++) for (let i = 8; i < 14; i++) labels[flatIndex(grid.dims, i, j, k)] = 5
  for (let j = 10; j < 18; j++) for (let i = 24; i < 29; i++) labels[flatIndex(grid.dims, i, j, 4)] = 5
  labels[flatIndex(grid.dims, 1, 1, 4)] = 9
  return labels
}

test('a name stands at the front edge of the body, at the height of the body and not of the processes', () => {
  const [place, ...others] = namePlaces(grid, aMap(), 'sagittal', 4)
  expect(others).toEqual([])
  expect(place).toEqual({ number: 5, mm: [-8, 8, -6] })
})

test('on a coronal slice a name stands on the patient\'s right', () => {
  expect(namePlaces(grid, aMap(), 'coronal', 10)).toEqual([{ number: 5, mm: [-12, 10, -6] }])
})

test('sizes and middles are those of the voxels', () => {
  const stats = labelStats(grid, aMap())
  expect(stats.get(5)?.voxels).toBe(4 * 5 * 6 + 40)
  expect(stats.get(9)).toEqual({ voxels: 1, middleMm: [-8, 1, -1] })
})

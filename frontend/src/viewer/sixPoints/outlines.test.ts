import { expect, it } from 'vitest'
import { edgesOf, fullestSlice, runsOf, sliceOf } from './outlines'

const DIMS = [3, 2, 2] as const
const LABELS = new Uint8Array([0, 1, 0, 0, 0, 0, 3, 3, 0, 0, 5, 0])

it('outlines the voxels of one bit along their edges', () => {
  const slice = sliceOf(LABELS, DIMS, 0)
  expect(edgesOf(slice, 1)).toHaveLength(4)
  expect(edgesOf(slice, 2)).toEqual([])
  const second = sliceOf(LABELS, DIMS, 1)
  expect(edgesOf(second, 1)).toHaveLength(8)
  expect(edgesOf(second, 2)).toContainEqual([-0.5, -0.5, -0.5, 0.5])
})

it('finds the slice with most voxels of a bit, else the middle one', () => {
  expect(fullestSlice(LABELS, DIMS, 1)).toBe(1)
  expect(fullestSlice(LABELS, DIMS, 8)).toBe(1)
  expect(fullestSlice(new Uint8Array([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), DIMS, 4)).toBe(0)
})

it('gives runs of voxels row by row', () => {
  expect(runsOf(sliceOf(LABELS, DIMS, 1), 1)).toEqual([[0, 0, 1], [1, 1, 1]])
})

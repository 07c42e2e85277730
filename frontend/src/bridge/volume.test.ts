import { expect, test } from 'vitest'
import type { VolumeMeta } from '../api/types'
import { fillFromPreview, gridOf } from './volume'
import { toMm } from '../domain/geometry'

const meta: VolumeMeta = {
  format: 'lamina.volume/1', id: 'v', hash: 'h', dims: [5, 3, 4], spacing_mm: [1, 2, 3], origin_mm: [10, 20, 30],
  direction: [0, 1, 0, 0, 0, -1, -1, 0, 0], window: { center: 0, width: 1 },
  preview: { dims: [3, 2, 2], factor: [2, 2, 2], url: '' }, slice_url: '', slice_url_gz: '', hu_range: [0, 1],
  frame: 'patient_mm', spacing_source: null, radiograph: null,
}

test('a slice filled from the preview holds the block each voxel lies in', () => {
  const preview = Int16Array.from({ length: 12 }, (_, n) => n)
  const slice = new Int16Array(15)
  fillFromPreview(meta, preview, 3, slice)
  expect([...slice]).toEqual([6, 6, 7, 7, 8, 6, 6, 7, 7, 8, 9, 9, 10, 10, 11])
})

test('the grid of a volume is canonical: i backwards, j downwards, k to the right', () => {
  expect(toMm(gridOf(meta), [1, 1, 1])).toEqual([7, 21, 28])
})

import { expect, test } from 'vitest'
import { isFlat, unitOf, unitsPerMm } from './frame'

test('only a CT is a volume, and a film without spacing is measured in pixels', () => {
  expect((['patient_mm', 'detector_mm', 'pixel'] as const).map((frame) => [isFlat(frame), unitOf(frame)])).toEqual([
    [false, 'mm'], [true, 'mm'], [true, 'px'],
  ])
})

test('sizes on screen follow the pixels of a film whose spacing is unknown', () => {
  expect(unitsPerMm('detector_mm', [2000, 4300, 1])).toBe(1)
  expect(unitsPerMm('pixel', [2000, 4300, 1])).toBe(10)
})

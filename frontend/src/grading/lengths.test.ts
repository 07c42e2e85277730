import { expect, test } from 'vitest'
import { heightText, rowText } from './lengths'

test('heights without a spacing are shares of the largest, never millimetres', () => {
  const all = (frame: 'patient_mm' | 'detector_mm' | 'pixel') => [0, 1, 2].map((place) => heightText([24, 36, 30], place, { frame }))
  expect(all('patient_mm')).toEqual(['24.0', '36.0', '30.0'])
  expect(all('detector_mm')).toEqual(['24.0', '36.0', '30.0'])
  expect(all('pixel')).toEqual(['67 %', '100 %', '83 %'])
  expect(rowText([24, 36, 30], { frame: 'pixel' })).toBe('67  100  83 %')
  expect(rowText([24, 36, 30], { frame: 'detector_mm' })).toBe('24.0  36.0  30.0')
  expect(heightText([], 0, { frame: 'pixel' })).toBe('\u2013')
})

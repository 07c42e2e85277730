import { expect, test } from 'vitest'
import { heightText } from './lengths'

test('heights without a spacing are shares of the largest, never millimetres', () => {
  const all = (frame: 'patient_mm' | 'detector_mm' | 'pixel') => [0, 1, 2].map((place) => heightText([24, 36, 30], place, { frame }))
  expect(all('patient_mm')).toEqual(['24.0', '36.0', '30.0'])
  expect(all('detector_mm')).toEqual(['24.0', '36.0', '30.0'])
  expect(all('pixel')).toEqual(['67 %', '100 %', '83 %'])
  expect(heightText([], 0, { frame: 'pixel' })).toBe('\u2013')
})

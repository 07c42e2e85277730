import { expect, test } from 'vitest'
import { formatAgo, formatBytes, formatDuration, formatNumber, formatPositionMm } from './format'
import { flatIndex, type Grid, ijkOf, letterOf, toIjk, toMm } from './geometry'
import { colourOf } from './levelColours'
import { compareLevels, LEVELS, levelName, parseLevel } from './vertebrae'

test('no colour returns within seven levels', () => {
  const cycle = LEVELS.filter((level) => !['T13', 'L6', 'S1', 'Co'].includes(level)).map(colourOf)
  for (let n = 0; n < cycle.length; n++) expect(cycle.slice(n + 1, n + 8)).not.toContain(cycle[n])
  expect([colourOf('C5'), colourOf('T6'), colourOf('L2')]).toEqual(['#C4588F', '#C4588F', '#C4588F'])
  expect([colourOf('T1'), colourOf('L5')]).toEqual(['#79ECD7', '#79ECD7'])
})

test('levels are read, written and ordered as anatomy has them', () => {
  expect(parseLevel(' th 12')).toBe('T12')
  expect(parseLevel('s1')).toBe('S1')
  expect(parseLevel('T14')).toBeNull()
  expect(levelName('T12', 'Th')).toBe('Th12')
  expect(levelName('L1', 'Th')).toBe('L1')
  expect(['L1', null, 'T13', 'T12'].sort(compareLevels)).toEqual(['T12', 'T13', 'L1', null])
})

const oblique: Grid = {
  dims: [4, 5, 6],
  spacingMm: [0.5, 1, 3],
  originMm: [10, -20, 30],
  direction: [0, 0.8, -0.6, 0, -0.6, -0.8, -1, 0, 0],
}

test('voxels and millimetres are inverse on an oblique, anisotropic grid', () => {
  expect(toMm(oblique, [0, 0, 2])).toEqual([4, -20, 30])
  expect(toMm(oblique, [2, 0, 0])[1]).toBeCloseTo(-19.2)
  toIjk(oblique, toMm(oblique, [1.5, 4, 3])).forEach((v, a) => expect(v).toBeCloseTo([1.5, 4, 3][a] as number))
  expect(ijkOf(oblique.dims, flatIndex(oblique.dims, 3, 2, 4))).toEqual([3, 2, 4])
})

test('directions have letters', () => {
  expect(letterOf([0.9, 0.1, 0])).toBe('L')
  expect(letterOf([0, -1, 0.2])).toBe('A')
  expect(letterOf([0, 0, -1])).toBe('I')
})

test('numbers, places, bytes and times are written one way', () => {
  expect(formatNumber(-0.04, 1)).toBe('0.0')
  expect(formatNumber(-12)).toBe('\u221212')
  expect(formatPositionMm([-4.5, -12, 83])).toBe('R 4.5 A 12.0 S 83.0 mm')
  expect(formatBytes(1_234_000)).toBe('1.2 MB')
  expect(formatDuration(250)).toBe('4:10')
  const now = new Date('2026-01-01T12:00:00Z')
  expect(formatAgo(new Date('2026-01-01T11:59:55Z'), now)).toBe('5 s ago')
  expect(formatAgo(new Date('2026-01-01T11:48:00Z'), now)).toBe('12 min ago')
})

import { expect, test } from 'vitest'
import golden from '../../../tests/golden/genant.json'
import levels from '../../../tests/golden/levels.json'
import { conventionOf, type Heights, heightsMm, losses, measureHeights } from './genant'
import { isGraded, LEVELS } from './vertebrae'

const triple = (values: number[]) => values as unknown as Heights

test.each(golden.own_maximum)('$heights is graded against the own maximum', (row) => {
  const measured = measureHeights(triple(row.heights), null, conventionOf('loss20_25_40'))
  expect(measured.g).toBeCloseTo(row.g, 6)
  expect(measured.grade).toBe(row.grade)
  expect(measureHeights(triple(row.heights), null, conventionOf('zakharov_text')).grade).toBe(row.grade_text)
  expect(measured.shape).toBe(row.shape)
})

test.each(golden.expected)('$heights is graded against expected heights', (row) => {
  const [heights, expected] = [triple(row.heights), triple(row.expected)]
  const measured = measureHeights(heights, expected)
  losses(heights, expected).forEach((loss, i) => expect(loss).toBeCloseTo(row.losses[i] as number, 6))
  expect(measured.grade).toBe(row.grade)
  expect(measured.shape).toBe(row.shape)
})

test.each(golden.heights_3d)('heights are distances in space', (row) => {
  const points = row.points_vox.map((ends) => ends.map((p) => p.map((v, axis) => v * (row.spacing_mm[axis] as number))))
  heightsMm(points).forEach((height, i) => expect(height).toBeCloseTo(row.heights[i] as number, 6))
})

test('levels stand in the same order as on the server', () => {
  expect(LEVELS).toEqual(levels.levels)
  expect(LEVELS.filter((level) => !isGraded(level))).toEqual(levels.not_graded)
})

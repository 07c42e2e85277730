import { expect, test } from 'vitest'
import { NO_RUNS, Tool } from '../bridge'
import { changesNothing, inverseOf, levelAct, levelsAfter, LevelMismatch, paintAct } from './acts'

const spine = new Map([[1, 'T12'], [2, 'L1'], [3, null]])

test('levels change together, and an act and its inverse leave them as they were', () => {
  const shift = levelAct(Tool.shift, 1, [{ number: 2, from: 'L1', to: 'L2' }, { number: 1, from: 'T12', to: 'L1' }])
  const after = levelsAfter(spine, shift.levels)
  expect([...after]).toEqual([[1, 'L1'], [2, 'L2'], [3, null]])
  expect(inverseOf(shift, Tool.undo).tool).toBe(Tool.undo)
  expect(levelsAfter(after, inverseOf(shift, Tool.undo).levels)).toEqual(spine)
})

test('a new number that is taken back keeps its place, so that it is not given again', () => {
  const add = levelAct(Tool.add, 4, [{ number: 4, from: null, to: 'L2' }])
  const back = levelsAfter(levelsAfter(spine, add.levels), inverseOf(add, Tool.undo).levels)
  expect(back.get(4)).toBeNull()
  expect(Math.max(...back.keys())).toBe(4)
})

test('levels that are not as the act says are left alone', () => {
  expect(() => levelsAfter(spine, [{ number: 2, from: 'L2', to: 'L3' }])).toThrow(LevelMismatch)
  expect(() => levelsAfter(spine, [{ number: 3, from: 'L2', to: 'L3' }])).toThrow(LevelMismatch)
})

test('an act without voxels and levels changes nothing', () => {
  expect(changesNothing(paintAct(Tool.fill, 1, NO_RUNS))).toBe(true)
  expect(changesNothing(levelAct(Tool.swap, 1, [{ number: 1, from: 'T12', to: 'L1' }]))).toBe(false)
})

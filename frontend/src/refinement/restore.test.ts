import { expect, test } from 'vitest'
import { applyRuns } from '../bridge'
import { inverseOf, levelsAfter } from '../viewer/acts'
import { restoreAct } from './restore'

const now = { labels: Uint8Array.from([1, 1, 2, 2, 0, 3]), levels: new Map<number, string | null>([[1, 'L1'], [2, 'L2'], [3, 'L3']]) }
const old = { labels: Uint8Array.from([1, 2, 2, 0, 2, 2]), levels: new Map<number, string | null>([[1, 'T12'], [2, 'L1']]) }

function after(act: ReturnType<typeof restoreAct>) {
  const labels = now.labels.slice()
  applyRuns(labels, act.runs)
  const levels = levelsAfter(now.levels, act.levels)
  const back = labels.slice()
  applyRuns(back, inverseOf(act, 3).runs)
  expect(back).toEqual(now.labels)
  expect(levelsAfter(levels, inverseOf(act, 3).levels)).toEqual(now.levels)
  return [[...labels], [...levels]]
}

test('a whole mask comes back with its names, as one act that can be taken back', () => {
  expect(after(restoreAct(now, old, null))).toEqual([[...old.labels], [[1, 'T12'], [2, 'L1'], [3, null]]])
})

test('one vertebra comes back without taking voxels of its neighbours or changing names', () => {
  expect(after(restoreAct(now, old, 2))).toEqual([[1, 1, 2, 0, 2, 3], [...now.levels]])
})

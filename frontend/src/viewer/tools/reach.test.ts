import { describe, expect, test } from 'vitest'
import { applyRuns, runsFrom } from '../../bridge'
import type { Vec3 } from '../../domain/geometry'
import type { Brush, Canvas } from '../brush'
import { adaptiveSweep, feel } from './adaptive'
import { COUNTED_AT_MOST, filled, flood, type FillOptions } from './fill'
import { isRefusal, refuse, type ToolInput } from './input'
import { all, at, block, GRID, ijk, lumps, mmBetween, sample } from './sample'

/** What a walk by faces from some voxels reaches over open ones. */
function reachedFrom(first: readonly number[], isOpen: (index: number) => boolean, across: 0 | 1 | 2 | null): Set<number> {
  const seen = new Set(first.filter(isOpen))
  for (const index of seen) {
    const place = ijk(index)
    for (const axis of [0, 1, 2] as const)
      for (const step of [-1, 1]) {
        const next = place.map((v, a) => (a === axis ? v + step : v)) as unknown as Vec3
        const isIn = axis !== across && next.every((v, a) => v >= 0 && v < (GRID.dims[a] as number))
        if (isIn && isOpen(at(...next))) seen.add(at(...next))
      }
  }
  return seen
}

const changedBy = (input: ToolInput, options: FillOptions): Set<number> => {
  const runs = filled(input, options)
  if (isRefusal(runs)) throw new Error(runs.refused)
  const labels = input.labels.slice()
  applyRuns(labels, runs)
  return new Set(all.filter((index) => labels[index] !== input.labels[index]))
}

describe.each([1, 2, 3])('flood fill (%i)', (seed) => {
  const input = lumps(seed, { lock: false })
  const empty = input.labels.indexOf(0)

  test.each([null, 1, 2] as const)('bounded by levels, across axis %s', (across) => {
    for (const first of [empty, input.labels.indexOf(1)]) {
      const wanted = reachedFrom([first], (index) => input.labels[index] === input.labels[first], across)
      expect(changedBy(input, { at: first, across, range: null, limit: 1e9 })).toEqual(wanted)
    }
  })

  test.each([null, 0] as const)('bounded by density and lock, across axis %s', (across) => {
    const locked = { ...input, mayChange: (value: number) => value !== 1 }
    const range = { low: 150, high: 900 }
    const isOpen = (index: number) => (input.hu[index] as number) >= 150 && (input.hu[index] as number) <= 900 && input.labels[index] !== 1
    const first = all.find(isOpen) as number
    const wanted = [...reachedFrom([first], isOpen, across)].filter((index) => input.labels[index] !== 2)
    expect(changedBy(locked, { at: first, across, range, limit: 1e9 })).toEqual(new Set(wanted))
  })

  test('a leak is refused with its size', () => {
    const wanted = reachedFrom([empty], (index) => input.labels[index] === 0, null)
    const options = { at: empty, across: null, range: null }
    expect(filled(input, { ...options, limit: wanted.size - 1 })).toEqual(refuse('leak', { voxels: wanted.size }))
    expect(changedBy(input, { ...options, limit: wanted.size })).toEqual(wanted)
  })
})

test('a fill says why it does nothing', () => {
  const input = block(block(sample(), 2, [1, 1, 1], [4, 4, 4]), 1, [8, 8, 4], [9, 9, 5])
  const options = { across: null, range: null, limit: 100 }
  expect(filled(input, { ...options, at: -1 })).toEqual(refuse('outside'))
  expect(filled(input, { ...options, at: at(8, 8, 4) })).toEqual(refuse('locked'))
  expect(filled(input, { ...options, at: at(2, 2, 2) })).toEqual(refuse('alreadyThere'))
  expect(filled(input, { ...options, at: at(0, 0, 0), range: { low: 2000, high: null } })).toEqual(refuse('otherHu'))
  const dense = { ...input, hu: input.hu.map((_, index) => (input.labels[index] === 2 ? 500 : 0)) }
  expect(filled(dense, { ...options, at: at(2, 2, 2), range: { low: 400, high: null } })).toEqual(refuse('nothing'))
})

test('counting a leak of a large volume is given up, and the page is let go on the way', () => {
  const dims: Vec3 = [512, 512, 24]
  const n = dims[0] * dims[1] * dims[2]
  const large = { ...sample(), grid: { dims, spacingMm: [1, 1, 1] as Vec3 }, labels: new Uint8Array(n), hu: new Int16Array(n) }
  const fill = flood(large, { at: 0, across: null, range: null, limit: 1000 })
  let turns = 0
  for (let step = fill.next(); ; step = fill.next(), turns++) {
    if (!step.done) continue
    expect(step.value).toEqual(refuse('leak', { voxels: COUNTED_AT_MOST, isMore: true }))
    break
  }
  expect(turns).toBeGreaterThan(50)
})

const aCanvas = ({ grid, labels, hu }: ReturnType<typeof sample>): Canvas => ({ grid, labels, hu, before: new Map() })
const aBrush = (more: Partial<Brush> = {}): Brush => ({ radiusMm: 3, across: 2, value: 2, mayChange: (value) => value !== 1, paintOn: null, ...more })

test('the tolerance is learned from the nine voxels under the cursor', () => {
  const { grid, hu } = sample()
  const nine = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => hu[at(6 + i, 4 + j, 5)] as number)).sort((a, b) => a - b)
  const middle = nine[4] as number
  const spread = nine.map((value) => Math.abs(value - middle)).sort((a, b) => a - b)[4] as number
  expect(feel(grid, hu, { across: 2, at: [7.2, 4.8, 5.4] }, 500)).toEqual({ middle, tolerance: Math.min(1000, Math.max(500, 3 * 1.4826 * spread)) })
  expect(feel(grid, new Int16Array(hu.length).fill(77), { across: 1, at: [0, 0, 0] }, 90)).toEqual({ middle: 77, tolerance: 90 })
  expect(feel(grid, hu, { across: 2, at: [-3, 0, 0] }, 90)).toBeNull()
})

test.each([2, null] as const)('the edge-following brush paints what is connected and alike within its reach; across %s', (across) => {
  const input = lumps(2)
  for (const index of all) input.hu[index] = (input.hu[index] as number) < 620 ? 400 + (index % 5) : 900
  const canvas = aCanvas(input)
  const before = input.labels.slice()
  const cursor: Vec3 = [8.2, 6.1, 4.3]
  adaptiveSweep(canvas, aBrush({ across }), { middle: 402, tolerance: 3 }, 2, [cursor, cursor])
  const rounded = cursor.map(Math.round) as unknown as Vec3
  const axes = across === 2 ? ([0, 1] as const) : ([0, 1, 2] as const)
  const isOpen = (index: number) =>
    Math.abs((input.hu[index] as number) - 402) <= 3 && before[index] !== 1 && (across === null || ijk(index)[2] === 4) &&
    mmBetween(ijk(index), cursor, axes) <= 3
  const seeds = all.filter((index) => ijk(index)[2] === 4 && Math.abs(ijk(index)[0] - rounded[0]) <= 1 && Math.abs(ijk(index)[1] - rounded[1]) <= 1)
  const wanted = [...reachedFrom(seeds, isOpen, across)].filter((index) => before[index] !== 2)
  expect(wanted.length).toBeGreaterThan(5)
  expect(new Set(canvas.before.keys())).toEqual(new Set(wanted))
  expect(all.filter((index) => input.labels[index] !== before[index])).toEqual(wanted.sort((a, b) => a - b))
})

test('the edge-following brush stays on its side of an edge, without gaps on a fast way', () => {
  const input = sample()
  for (const index of all) input.hu[index] = ijk(index)[1] < 7 ? 300 : -50
  const canvas = aCanvas(input)
  adaptiveSweep(canvas, aBrush({ radiusMm: 1.5 }), { middle: 300, tolerance: 60 }, 2, [[2, 5, 4], [14, 6.4, 4]])
  const runs = runsFrom(canvas.before, canvas.labels)
  expect(runs.starts.length).toBeGreaterThan(0)
  expect(all.some((index) => canvas.labels[index] === 2 && ijk(index)[1] >= 7)).toBe(false)
  for (let i = 2; i <= 14; i++) expect(canvas.labels[at(i, 6, 4)]).toBe(2)
})

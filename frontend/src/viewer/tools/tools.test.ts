import { describe, expect, test } from 'vitest'
import { applyRuns, inverse } from '../../bridge'
import type { Vec3 } from '../../domain/geometry'
import { LAYOUT, PLANES, screenAxes, toCanvas } from '../planes'
import { around, boxOf, cropped, grown, runsInBox } from './box'
import { squaredDistances } from './distance'
import { grow, shrink } from './grow'
import { fillHoles } from './holes'
import { AXES, type Outcome, refuse, type ToolInput } from './input'
import { interpolate } from './interpolate'
import { absorbPiece, givePiecesAway, keepLargest, removePiece } from './islands'
import { largestOf, piecesOf, stepsTo } from './pieces'
import { belowLine, cut, isInside, type Place, placeIn, split } from './planar'
import { all, at, block, done, GRID, ijk, lumps, mmBetween, sample } from './sample'
import { smooth } from './smooth'
import { renumber, takeFrom } from './whole'

const SEEDS = [1, 2, 3, 4]

test('a box holds all voxels of a level and no row without one', () => {
  const input = block(block(sample(), 2, [3, 4, 2], [6, 4, 3]), 2, [9, 1, 5], [9, 1, 5])
  expect(boxOf(GRID.dims, input.labels, 2)).toEqual({ low: [3, 1, 2], high: [9, 4, 5] })
  expect(boxOf(GRID.dims, input.labels, 7)).toBeNull()
  expect(grown({ low: [0, 4, 2], high: [16, 5, 3] }, [1, 2, 9], GRID.dims)).toEqual({ low: [0, 2, 0], high: [16, 7, 8] })
  expect(around({ low: [0, 4, 2], high: [2, 5, 3] }, { low: [1, 1, 1], high: [9, 2, 2] })).toEqual({ low: [0, 1, 1], high: [9, 5, 3] })
  expect(around(null, null)).toBeNull()
})

test.each(SEEDS)('runs in a box change the volume as the tool changed the box (%i)', (seed) => {
  const input = lumps(seed)
  const box = { low: [2, 3, 1] as Vec3, high: [16, 9, 7] as Vec3 }
  const part = cropped(input, box)
  const after = part.labels.map((value, index) => (index % 3 === 0 ? 9 : value))
  const runs = runsInBox(GRID.dims, box, part.labels, after)
  const before = input.labels.slice()
  applyRuns(input.labels, runs)
  let place = 0
  for (const index of all) {
    const [i, j, k] = ijk(index)
    const isIn = i >= 2 && j >= 3 && j <= 9 && k >= 1 && k <= 7
    expect(input.labels[index]).toBe(isIn && place % 3 === 0 ? 9 : before[index])
    if (isIn) place++
  }
  applyRuns(input.labels, inverse(runs))
  expect(input.labels).toEqual(before)
})

test.each(SEEDS)('distances are those to the nearest voxel, in millimetres (%i)', (seed) => {
  const { labels } = lumps(seed)
  const members = all.filter((index) => labels[index] === 2).map(ijk)
  for (const axes of [AXES, [0, 2]] as const) {
    const found = squaredDistances(GRID.dims, GRID.spacingMm, (index) => labels[index] === 2, axes)
    for (const index of all) {
      const near = members.filter((other) => AXES.every((axis) => axes.includes(axis as never) || other[axis] === ijk(index)[axis]))
      const nearest = Math.min(...near.map((other) => mmBetween(ijk(index), other, axes)))
      expect(Math.sqrt(found[index] as number)).toBeCloseTo(nearest, 9)
    }
  }
})

/** Pieces the slow way: every voxel takes the smallest name around it until nothing changes. */
function slowPieces(labels: Uint8Array, number: number, touching: 'faces' | 'corners'): Map<number, number> {
  const names = new Map(all.filter((index) => labels[index] === number).map((index) => [index, index]))
  const steps = stepsTo(touching)
  for (let isStill = false; !isStill; ) {
    isStill = true
    for (const [index, name] of names) {
      const [i, j, k] = ijk(index)
      for (const [di, dj, dk] of steps) {
        const isIn = [i + di, j + dj, k + dk].every((v, a) => v >= 0 && v < (GRID.dims[a] as number))
        const other = isIn ? names.get(at(i + di, j + dj, k + dk)) : undefined
        if (other === undefined || other >= name) continue
        names.set(index, other)
        isStill = false
      }
    }
  }
  return names
}
const sizesOf = (names: Map<number, number>) => {
  const sizes = new Map<number, number>()
  for (const name of names.values()) sizes.set(name, (sizes.get(name) ?? 0) + 1)
  return sizes
}
const mainOf = (names: Map<number, number>) => [...sizesOf(names)].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0]

describe.each(SEEDS)('islands of a level (%i)', (seed) => {
  const input = lumps(seed)
  const names = slowPieces(input.labels, 2, 'corners')
  const main = mainOf(names)

  test('pieces are the voxels that touch', () => {
    for (const touching of ['faces', 'corners'] as const) {
      const wanted = sizesOf(slowPieces(input.labels, 2, touching))
      const pieces = piecesOf(GRID.dims, (index) => input.labels[index] === 2, stepsTo(touching))
      expect(pieces.sizes.slice(1)).toEqual([...wanted].sort((a, b) => a[0] - b[0]).map(([, size]) => size))
      expect(pieces.sizes[largestOf(pieces)]).toBe(Math.max(...wanted.values()))
    }
  })

  test('only the largest piece stays', () => {
    const after = done(keepLargest(input))
    for (const index of all) expect(after[index]).toBe(names.has(index) && names.get(index) !== main ? 0 : input.labels[index])
  })

  test('the piece under the cursor goes, the main piece does not', () => {
    const island = [...names].find(([, name]) => name !== main)?.[0] as number
    const after = done(removePiece(input, { at: island }))
    for (const index of all) expect(after[index]).toBe(names.has(index) && names.get(index) === names.get(island) ? 0 : input.labels[index])
    expect(removePiece(input, { at: main as number })).toEqual(refuse('mainPiece'))
    expect(removePiece(input, { at: input.labels.indexOf(0) })).toEqual(refuse('notOnLevel'))
  })
})

test('a piece goes to the level it shares most faces with; a lonely one stays', () => {
  const input = block(sample(), 2, [0, 0, 0], [6, 6, 4])
  block(block(block(input, 2, [10, 4, 2], [11, 5, 3]), 1, [12, 4, 2], [12, 5, 3]), 3, [10, 6, 2], [10, 6, 3])
  block(input, 2, [15, 12, 8], [16, 12, 8])
  const after = done(givePiecesAway(input))
  expect(all.filter((index) => after[index] !== input.labels[index])).toEqual([at(10, 4, 2), at(11, 4, 2), at(10, 5, 2), at(11, 5, 2), at(10, 4, 3), at(11, 4, 3), at(10, 5, 3), at(11, 5, 3)])
  expect(after[at(10, 4, 2)]).toBe(1)
  expect(givePiecesAway(block(sample(), 2, [0, 0, 0], [6, 6, 4]))).toEqual(refuse('nothing'))
})

test.each(SEEDS)('a piece of another level is absorbed unless it is locked (%i)', (seed) => {
  const input = lumps(seed, { lock: false })
  const first = input.labels.indexOf(1)
  const names = slowPieces(input.labels, 1, 'corners')
  const after = done(absorbPiece(input, { at: first }))
  for (const index of all) expect(after[index]).toBe(names.get(index) === first ? 2 : input.labels[index])
  expect(absorbPiece({ ...input, mayChange: (value) => value !== 1 }, { at: first })).toEqual(refuse('locked'))
  expect(absorbPiece(input, { at: input.labels.indexOf(0) })).toEqual(refuse('noLevelThere'))
  expect(absorbPiece(input, { at: input.labels.indexOf(2) })).toEqual(refuse('alreadyThere'))
})

/** For each voxel outside level 2, whether a walk by faces over such voxels leads to the border, and over how many. */
function leadingOut(labels: Uint8Array, across: 0 | 1 | 2 | null): Map<number, { isOpen: boolean; size: number }> {
  const found = new Map<number, { isOpen: boolean; size: number }>()
  for (const first of all.filter((index) => labels[index] !== 2)) {
    if (found.has(first)) continue
    const seen = new Set([first])
    let isOpen = false
    for (const index of seen) {
      const place = ijk(index)
      for (const axis of AXES) {
        if (axis === across) continue
        if (place[axis] === 0 || place[axis] === GRID.dims[axis] - 1) isOpen = true
        for (const step of [-1, 1]) {
          const next = place.map((v, a) => (a === axis ? v + step : v)) as unknown as Vec3
          const isIn = next.every((v, a) => v >= 0 && v < (GRID.dims[a] as number))
          if (isIn && labels[at(...next)] !== 2) seen.add(at(...next))
        }
      }
    }
    for (const index of seen) found.set(index, { isOpen, size: seen.size })
  }
  return found
}

test.each([null, 0, 1, 2] as const)('holes are what a level encloses; across axis %s', (across) => {
  const input = block(block(sample(), 2, [2, 2, 2], [12, 11, 7]), 0, [4, 4, 3], [5, 5, 5])
  block(block(input, 3, [8, 4, 4], [8, 4, 4]), 0, [9, 4, 4], [9, 4, 4])
  block(block(input, 0, [7, 8, 4], [12, 8, 4]), 0, [10, 10, 2], [10, 10, 7])
  const spacing = GRID.spacingMm.reduce((product, mm, axis) => (axis === across ? product : product * mm), 1)
  const ways = leadingOut(input.labels, across)
  for (const largest of [spacing * 3, 1e9]) {
    const after = done(fillHoles(input, { across, largest }))
    for (const index of all) {
      const { isOpen, size } = ways.get(index) ?? { isOpen: true, size: 0 }
      const isFilled = !isOpen && size * spacing <= largest && input.labels[index] === 0
      expect(after[index]).toBe(isFilled ? 2 : input.labels[index])
    }
  }
  expect(fillHoles(block(sample(), 2, [2, 2, 2], [5, 5, 5]), { across, largest: 1e9 })).toEqual(refuse('nothing'))
})

test.each(SEEDS)('smoothing keeps what is half full after a blur, and no other level changes (%i)', (seed) => {
  const input = lumps(seed, { lock: false })
  const sigmaMm = 0.8
  const after = done(smooth(input, { sigmaMm }))
  const hold = (axis: 0 | 1 | 2, value: number) => Math.min(Math.max(value, 0), GRID.dims[axis] - 1)
  const reach = AXES.map((axis) => Math.ceil((3 * sigmaMm) / GRID.spacingMm[axis])) as unknown as Vec3
  const weight = (axis: 0 | 1 | 2, away: number) => Math.exp(-0.5 * ((away * GRID.spacingMm[axis]) / sigmaMm) ** 2)
  for (const index of all.filter((_, place) => place % 7 === 0)) {
    const [i, j, k] = ijk(index)
    let [sum, full] = [0, 0]
    for (let c = -reach[2]; c <= reach[2]; c++)
      for (let b = -reach[1]; b <= reach[1]; b++)
        for (let a = -reach[0]; a <= reach[0]; a++) {
          const w = weight(0, a) * weight(1, b) * weight(2, c)
          full += w
          if (input.labels[at(hold(0, i + a), hold(1, j + b), hold(2, k + c))] === 2) sum += w
        }
    const value = input.labels[index] as number
    if (Math.abs(sum / full - 0.5) < 1e-6) continue
    expect(after[index]).toBe(value !== 0 && value !== 2 ? value : sum / full > 0.5 ? 2 : 0)
  }
})

test.each([0, 1, 2] as const)('slices between painted ones follow the signed distance, across axis %i', (across) => {
  const input = sample()
  const paint = (slice: number, centre: Place, radius: number) => {
    const [x, y] = AXES.filter((axis) => axis !== across) as [0 | 1 | 2, 0 | 1 | 2]
    for (const index of all) {
      const place = ijk(index)
      const mm = Math.hypot((place[x] - centre[0]) * GRID.spacingMm[x], (place[y] - centre[1]) * GRID.spacingMm[y])
      if (place[across] === slice && mm <= radius) input.labels[index] = 2
    }
  }
  paint(1, [5, 4], 3)
  paint(5, [7, 5], 2)
  paint(8, [4, 4], 2.5)
  const locked = all.find((index) => ijk(index)[across] === 3 && mmBetween(ijk(index), ijk(at(6, 5, 5)), AXES.filter((axis) => axis !== across)) < 1) as number
  input.labels[locked] = 3
  const after = done(interpolate(input, { across }))
  const inSlice = (index: number, slice: number) => ijk(index).map((v, axis) => (axis === across ? slice : v)) as unknown as Vec3
  const signed = (place: Vec3) => {
    const isIn = input.labels[at(...place)] === 2
    const others = all.filter((index) => ijk(index)[across] === place[across] && (input.labels[index] === 2) !== isIn)
    return (isIn ? 1 : -1) * Math.min(...others.map((other) => mmBetween(place, ijk(other))))
  }
  for (const index of all) {
    const slice = ijk(index)[across]
    const pair = slice > 1 && slice < 5 ? [1, 5] : slice > 5 && slice < 8 ? [5, 8] : null
    const share = pair ? (slice - (pair[0] as number)) / ((pair[1] as number) - (pair[0] as number)) : 0
    const mm = pair ? (1 - share) * signed(inSlice(index, pair[0] as number)) + share * signed(inSlice(index, pair[1] as number)) : -1
    expect(after[index]).toBe(mm > 1e-6 && input.labels[index] === 0 ? 2 : input.labels[index])
  }
  expect(interpolate({ ...input, labels: after }, { across })).toEqual(refuse('nothing'))
})

test.each(SEEDS)('growing and shrinking go by millimetres, within lock and density (%i)', (seed) => {
  const input = lumps(seed, { paintOn: { low: 300, high: 900 } })
  const [inside, outside] = [2, -1].map((mark) => all.filter((index) => (input.labels[index] === 2) === (mark === 2)).map(ijk)) as [Vec3[], Vec3[]]
  const larger = done(grow(input, { mm: 1.9 }))
  const smaller = done(shrink(input, { mm: 0.95 }))
  for (const index of all) {
    const value = input.labels[index] as number
    const away = Math.min(...(value === 2 ? outside : inside).map((other) => mmBetween(ijk(index), other)))
    const isDense = (input.hu[index] as number) >= 300 && (input.hu[index] as number) <= 900
    expect(larger[index]).toBe(value === 0 && away <= 1.9 && isDense ? 2 : value)
    expect(smaller[index]).toBe(value === 2 && away <= 0.95 ? 0 : value)
  }
})

/** The outline as it is drawn: corners in pixels of a pane. */
const OUTLINE: readonly Place[] = [[1.2, 1.1], [7.3, 2.2], [6.1, 7.4], [4.2, 3.3], [2.4, 7.2]]

test.each(PLANES)('an outline drawn in the %s plane erases, fills and cuts through its slices', (plane) => {
  const input = lumps(3, { paintOn: { low: 200, high: null } })
  const { across } = LAYOUT[plane]
  const slices = [2, 5] as const
  const [erased, kept, added] = (['erase', 'outside', 'fill'] as const).map((act) => done(cut(input, { plane, outline: OUTLINE, act, slices }))) as [Uint8Array, Uint8Array, Uint8Array]
  for (const index of all) {
    const place = ijk(index)
    const value = input.labels[index] as number
    const isIn = windingOf(OUTLINE, placeIn(plane, place)) % 2 !== 0
    const isSlice = place[across] >= 2 && place[across] <= 5
    expect(erased[index]).toBe(isSlice && isIn && value === 2 ? 0 : value)
    expect(kept[index]).toBe(isSlice && !isIn && value === 2 ? 0 : value)
    expect(added[index]).toBe(isSlice && isIn && value === 0 && (input.hu[index] as number) >= 200 ? 2 : value)
  }
  expect(cut(input, { plane, outline: [], act: 'erase', slices })).toEqual(refuse('nothing'))
})

/** How often an outline winds around a place, by the angles its sides are seen under. */
function windingOf(outline: readonly Place[], [x, y]: Place): number {
  const angles = outline.map(([a, b]) => Math.atan2(b - y, a - x))
  const turns = angles.map((angle, n) => {
    const by = (angles[(n + 1) % angles.length] as number) - angle
    return by > Math.PI ? by - 2 * Math.PI : by < -Math.PI ? by + 2 * Math.PI : by
  })
  return Math.round(turns.reduce((sum, by) => sum + by, 0) / (2 * Math.PI))
}

test('where an outline crosses itself, the doubled part is outside', () => {
  const star: readonly Place[] = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0], [6, 0], [6, 6], [0, 6]]
  expect([isInside(star, [3, 3]), isInside(star, [8, 8]), isInside(star, [11, 3])]).toEqual([false, true, false])
})

test.each(PLANES)('a level is split at a line drawn in the %s plane', (plane) => {
  const input = lumps(2)
  const line: readonly [Place, Place] = [[3.1, 2.2], [6.4, 5.3]]
  const below = done(split(input, { plane, line, side: 'below', to: 9 }))
  const above = done(split(input, { plane, line, side: 'above', to: 9 }))
  const axes = screenAxes(GRID, plane)
  const view = { centre: GRID.originMm, mmPerPixel: 1 }
  const { right: [x], down: [y], across } = LAYOUT[plane]
  const pixelOf = (place: Place) => {
    const index = [0, 0, 0]
    index[x] = place[0]
    index[y] = place[1]
    index[across] = 0
    const mm = [0, 1, 2].map((c) => AXES.reduce((sum, a) => sum + (index[a] as number) * GRID.spacingMm[a] * (GRID.direction[3 * a + c] as number), GRID.originMm[c as 0 | 1 | 2]))
    return toCanvas(axes, view, { width: 0, height: 0 }, mm as unknown as Vec3)
  }
  const [[ax, ay], [bx, by]] = [pixelOf(line[0]), pixelOf(line[1])]
  for (const index of all) {
    const [px, py] = pixelOf(placeIn(plane, ijk(index)))
    const lineY = ay + ((px - ax) * (by - ay)) / (bx - ax)
    const value = input.labels[index] as number
    expect(below[index]).toBe(value === 2 && py > lineY ? 9 : value)
    expect(above[index]).toBe(value === 2 && py < lineY ? 9 : value)
  }
  expect(split(input, { plane, line: [[-50, -51], [-60, -51.5]], side: 'above', to: 9 })).toEqual(refuse('nothing'))
})

test('below an upright line is its right', () => {
  for (const line of [[[4, 2], [4, 6]], [[4, 6], [4, 2]]] as const) {
    expect(belowLine(GRID, 'sagittal', line, [5, 3])).toBeCloseTo(0.7)
    expect(belowLine(GRID, 'axial', line, [5, 3])).toBeCloseTo(-2)
  }
})

test.each(SEEDS)('a level merges, is cleared, or is taken from another map (%i)', (seed) => {
  const input = lumps(seed)
  const map = lumps(seed + 1).labels
  const cases: [Outcome, (value: number, index: number) => number][] = [
    [renumber(input, { to: 3 }), (value) => (value === 2 ? 3 : value)],
    [renumber(input, { to: 0 }), (value) => (value === 2 ? 0 : value)],
    [takeFrom(input, { map }), (value, index) => (value !== 0 && value !== 2 ? value : map[index] === 2 ? 2 : 0)],
  ]
  for (const [outcome, wanted] of cases) {
    const after = done(outcome)
    for (const index of all) expect(after[index]).toBe(wanted(input.labels[index] as number, index))
  }
  const nothing: ToolInput = { ...input, active: 77 }
  expect([renumber(nothing, { to: 3 }), takeFrom(input, { map: input.labels })]).toEqual([refuse('nothing'), refuse('nothing')])
})

test('no tool writes the map it is given', () => {
  const input = lumps(1, { lock: false })
  const before = input.labels.slice()
  keepLargest(input)
  givePiecesAway(input)
  fillHoles(input, { across: null, largest: 1e9 })
  smooth(input, { sigmaMm: 1 })
  interpolate(input, { across: 2 })
  grow(input, { mm: 2 })
  shrink(input, { mm: 1 })
  split(input, { plane: 'sagittal', line: [[0, 5], [9, 5]], side: 'above', to: 4 })
  renumber(input, { to: 0 })
  expect(input.labels).toEqual(before)
})

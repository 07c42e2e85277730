import { expect, test } from 'vitest'
import { applyRuns, inverse, runsFrom } from '../bridge'
import { flatIndex, type Grid, ijkOf, toIjk, toMm, type Vec3 } from '../domain/geometry'
import { type Brush, type Canvas, sweep } from './brush'
import { clamped, LAYOUT, PLANES, type Plane, screenAxes, sliceAt, toCanvas, toWorld, type View } from './planes'

const turn = Math.PI / 7
const GRIDS: Record<string, Grid> = {
  'a plain grid': { dims: [20, 24, 16], spacingMm: [1, 1, 1], originMm: [0, 0, 0], direction: [0, 1, 0, 0, 0, -1, -1, 0, 0] },
  'an anisotropic grid': { dims: [20, 24, 16], spacingMm: [0.5, 1, 3], originMm: [17.5, -40, 120.25], direction: [0, 1, 0, 0, 0, -1, -1, 0, 0] },
  'an oblique grid': {
    dims: [20, 24, 16], spacingMm: [0.7, 0.9, 2], originMm: [-12, 31, 7],
    direction: [0, Math.cos(turn), Math.sin(turn), 0, Math.sin(turn), -Math.cos(turn), -1, 0, 0],
  },
}

const aCanvas = (grid: Grid): Canvas => {
  const n = grid.dims[0] * grid.dims[1] * grid.dims[2]
  return { grid, labels: new Uint8Array(n), hu: new Int16Array(n).fill(300), before: new Map() }
}
const aBrush = (more: Partial<Brush> = {}): Brush => ({ radiusMm: 2, across: null, value: 7, mayChange: () => true, paintOn: null, ...more })
const painted = (canvas: Canvas) => [...canvas.before.keys()].map((index) => ijkOf(canvas.grid.dims, index))

test.each(Object.entries(GRIDS))('the voxel under the cursor is the voxel painted, on %s in every plane', (_name, grid) => {
  for (const plane of PLANES) {
    const voxel: Vec3 = [6, 17, 4]
    const axes = screenAxes(grid, plane)
    const size = { width: 500, height: 300 }
    const view: View = { centre: toMm(grid, [8, 15, 4].map((v, a) => (a === LAYOUT[plane as Plane].across ? (voxel[a] as number) : v)) as unknown as Vec3), mmPerPixel: 0.11 }
    const pixel = toCanvas(axes, view, size, toMm(grid, voxel))
    const mm = toWorld(axes, view, size, pixel)
    toIjk(grid, mm).forEach((value, axis) => expect(value).toBeCloseTo(voxel[axis] as number, 6))
    expect(sliceAt(grid, plane, mm)).toBe(voxel[LAYOUT[plane].across])
    const canvas = aCanvas(grid)
    sweep(canvas, aBrush({ radiusMm: 0.01, across: LAYOUT[plane].across }), toIjk(grid, mm), toIjk(grid, mm))
    expect(painted(canvas)).toEqual([voxel])
    expect(canvas.labels[flatIndex(grid.dims, ...voxel)]).toBe(7)
  }
})

test.each(Object.entries(GRIDS))('a ball holds exactly the voxels within its radius, on %s', (_name, grid) => {
  const canvas = aCanvas(grid)
  const centre: Vec3 = [9.3, 11.8, 7.4]
  sweep(canvas, aBrush({ radiusMm: 3.1 }), centre, centre)
  const middle = toMm(grid, centre)
  for (let index = 0; index < canvas.labels.length; index++) {
    const mm = toMm(grid, ijkOf(grid.dims, index))
    const isNear = Math.hypot(mm[0] - middle[0], mm[1] - middle[1], mm[2] - middle[2]) <= 3.1
    expect(canvas.labels[index] === 7).toBe(isNear || index === flatIndex(grid.dims, 9, 12, 7))
  }
})

test('a disc stays in its slice and a fast stroke leaves no gap', () => {
  const canvas = aCanvas(GRIDS['a plain grid'] as Grid)
  sweep(canvas, aBrush({ across: 2, radiusMm: 1.5 }), [2, 2, 5], [15, 20, 5])
  expect(new Set(painted(canvas).map((ijk) => ijk[2]))).toEqual(new Set([5]))
  for (let step = 0; step <= 26; step++) {
    const [i, j] = [Math.round(2 + (13 * step) / 26), Math.round(2 + (18 * step) / 26)]
    expect(canvas.labels[flatIndex(canvas.grid.dims, i, j, 5)]).toBe(7)
  }
})

test('locked neighbours and soft tissue stay as they are', () => {
  const canvas = aCanvas(GRIDS['a plain grid'] as Grid)
  const { dims } = canvas.grid
  canvas.labels[flatIndex(dims, 10, 10, 8)] = 3
  canvas.hu[flatIndex(dims, 11, 10, 8)] = 40
  sweep(canvas, aBrush({ mayChange: (value) => value === 0, paintOn: { low: 150, high: null } }), [10, 10, 8], [10, 10, 8])
  expect(canvas.labels[flatIndex(dims, 10, 10, 8)]).toBe(3)
  expect(canvas.labels[flatIndex(dims, 11, 10, 8)]).toBe(0)
  expect(canvas.labels[flatIndex(dims, 9, 10, 8)]).toBe(7)
})

test('nothing is painted beyond the border, and undo restores the map exactly', () => {
  const canvas = aCanvas(GRIDS['an anisotropic grid'] as Grid)
  canvas.labels.fill(4, 100, 200)
  const untouched = canvas.labels.slice()
  sweep(canvas, aBrush({ radiusMm: 5 }), [-1, 0, 0], [21, 3, 1])
  const runs = runsFrom(canvas.before, canvas.labels)
  expect(canvas.before.size).toBeGreaterThan(0)
  applyRuns(canvas.labels, inverse(runs))
  expect(canvas.labels).toEqual(untouched)
})

test('the planes are seen from the left, from the feet and from the front', () => {
  const grid = GRIDS['a plain grid'] as Grid
  const seen = (plane: Plane) => Object.values(screenAxes(grid, plane)).map((axis: Vec3) => axis.map((v) => v + 0))
  expect(seen('sagittal')).toEqual([[0, 1, 0], [0, 0, -1], [1, 0, 0]])
  expect(seen('axial')).toEqual([[1, 0, 0], [0, 1, 0], [0, 0, -1]])
  expect(seen('coronal')).toEqual([[1, 0, 0], [0, 0, -1], [0, -1, 0]])
})

test('flying to the border shows no more of the outside than needed', () => {
  const grid = GRIDS['an anisotropic grid'] as Grid
  const size = { width: 100, height: 120 }
  const at = (ijk: Vec3, mmPerPixel: number) => toIjk(grid, clamped(grid, 'sagittal', { centre: toMm(grid, ijk), mmPerPixel }, size).centre)
  expect(at([0, 0, 5], 0.05).map((v) => Math.round(v * 1000) / 1000)).toEqual([4.5, 2.5, 5])
  expect(at([10, 12, 5], 0.05).map((v) => Math.round(v * 1000) / 1000)).toEqual([10, 12, 5])
  expect(at([0, 0, 5], 1).map((v) => Math.round(v * 1000) / 1000)).toEqual([9.5, 11.5, 5])
})

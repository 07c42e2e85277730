import { expect, test, vi } from 'vitest'
import type { Grid } from '../domain/geometry'
import { between, Camera } from './camera'
import { maximised, nextLayout, planeAfter, shownPanes } from './panes'
import type { Size } from './planes'
import { createViewState } from './viewState'

const grid: Grid = { dims: [40, 80, 20], spacingMm: [1, 1, 3], originMm: [0, 0, 0], direction: [0, 1, 0, 0, 0, -1, -1, 0, 0] }
const size = (width: number, height: number): Size => ({ width, height })

function cameraOf() {
  const state = createViewState()
  const camera = new Camera(grid, state, () => undefined, () => undefined)
  return { state, camera }
}

test('P goes from three panes to four, to the active one alone, and back', () => {
  const three = { panes: 'three', alone: 'sagittal' } as const
  const four = nextLayout(three, 'axial')
  const one = nextLayout(four, 'axial')
  expect([shownPanes(three).length, shownPanes(four).length, shownPanes(one)]).toEqual([3, 4, ['axial']])
  expect(nextLayout(one, 'axial').panes).toBe('three')
  expect(maximised(maximised(four, 'surface', 'four'), 'surface', 'four')).toEqual({ panes: 'four', alone: 'surface' })
  expect(['sagittal', 'axial', 'coronal'].map((plane) => planeAfter(one, plane as 'axial'))).toEqual(['axial', 'coronal', 'sagittal'])
})

test('a pane that is put away keeps its zoom, and one that grows shows the same part of the body', () => {
  const { state, camera } = cameraOf()
  camera.resize({ sagittal: size(600, 800), axial: size(400, 400), coronal: size(400, 400) }, false)
  camera.setFocus(camera.toWorld('axial', [200, 200]) ?? [0, 0, 0])
  const before = state.getState().views
  camera.resize({ sagittal: size(0, 0), axial: size(1000, 800), coronal: size(0, 0) }, true)
  const alone = state.getState().views
  expect(alone?.axial.mmPerPixel).toBeCloseTo((before?.axial.mmPerPixel ?? 0) / 2)
  expect(alone?.sagittal).toEqual(before?.sagittal)
  camera.resize({ sagittal: size(600, 800), axial: size(400, 400), coronal: size(400, 400) }, true)
  expect(state.getState().views).toEqual(before)
})

test('a pane that becomes narrower keeps the crosshair in sight, and leaves alone what is there already', () => {
  const { state, camera } = cameraOf()
  camera.resize({ sagittal: size(600, 800), axial: size(400, 400), coronal: size(400, 400) }, false)
  camera.setFocus(camera.toWorld('sagittal', [540, 400]) ?? [0, 0, 0])
  const before = state.getState().views
  camera.resize({ sagittal: size(360, 800), axial: size(400, 400), coronal: size(400, 400) }, true)
  const after = state.getState().views
  expect(camera.toCanvas('sagittal', state.getState().focusMm)?.[0]).toBeCloseTo(180, 4)
  expect(after?.sagittal.mmPerPixel).toBe(before?.sagittal.mmPerPixel)
  camera.resize({ sagittal: size(300, 800), axial: size(400, 400), coronal: size(400, 400) }, true)
  expect(state.getState().views).toEqual(after)
})

test('a pane that comes on screen for the first time is fitted then', () => {
  const { state, camera } = cameraOf()
  camera.resize({ sagittal: size(600, 800), axial: size(0, 0), coronal: size(0, 0) }, false)
  camera.resize({ sagittal: size(600, 800), axial: size(400, 400), coronal: size(400, 400) }, true)
  expect(state.getState().views?.axial.mmPerPixel).toBeCloseTo(60 / 400)
})

test('a flight passes between its ends and zooms by factors', () => {
  const from = { centre: [0, 0, 0], mmPerPixel: 1 } as const
  const to = { centre: [10, 20, 30], mmPerPixel: 0.25 } as const
  expect(between(from, to, 0)).toEqual(from)
  expect(between(from, to, 1)).toEqual(to)
  expect(between(from, to, 0.5)).toEqual({ centre: [5, 10, 15], mmPerPixel: 0.5 })
})

test('a flight takes all panes along, over 150 ms, and lands at once where something else is wanted', () => {
  const frames: (() => void)[] = []
  let now = 0
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame))
  vi.stubGlobal('cancelAnimationFrame', () => frames.splice(0))
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const { state, camera } = cameraOf()
  camera.resize({ sagittal: size(600, 800), axial: size(400, 400), coronal: size(400, 400) }, false)
  const before = state.getState().views
  camera.flyTo([-20, 15, -60], { fieldMm: 30 })
  expect(state.getState().focusMm).toEqual([-20, 15, -60])
  expect(state.getState().views?.coronal.mmPerPixel).toBe(before?.coronal.mmPerPixel)
  now = 75
  frames.shift()?.()
  const half = state.getState().views
  now = 151
  frames.shift()?.()
  const landed = state.getState().views
  for (const plane of ['sagittal', 'axial', 'coronal'] as const) {
    const zooms = [before, half, landed].map((views) => views?.[plane].mmPerPixel ?? 0)
    expect(zooms).toEqual([...zooms].sort((a, b) => b - a))
    expect(new Set(zooms).size).toBe(3)
  }
  expect(frames).toEqual([])
  expect(landed?.axial.centre.map(Math.round)).toEqual([-20, 15, -60])
  camera.flyTo([-40, 30, -20], {})
  camera.scroll('axial', 1)
  expect(frames).toEqual([])
  expect(Math.abs((state.getState().views?.sagittal.centre[2] ?? 0) + 20)).toBeLessThan(20)
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

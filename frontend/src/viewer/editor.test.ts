import { expect, test, vi } from 'vitest'
import { runsFrom, Tool } from '../bridge'
import { type Act, levelAct, paintAct } from './acts'
import { Editor } from './editor'
import type { SpineView } from './spineView'
import { type Logged, loggedAct } from './undoStack'
import { createViewState } from './viewState'

/** A viewer without pictures: a label map, a state and a grid. */
function aView(labels: Uint8Array<ArrayBuffer>) {
  const state = createViewState()
  const view = {
    state, labelMap: labels, grid: { dims: [labels.length, 1, 1], spacingMm: [1, 1, 1], originMm: [0, 0, 0], direction: [] },
    labelsChanged: () => undefined,
    setLevels: (levels: ReadonlyMap<number, string | null>) => state.setState({ levels }),
  }
  return { view, editor: new Editor(view as unknown as SpineView) }
}

const fill = (labels: Uint8Array, from: number, to: number, value: number): Act => {
  const after = labels.slice().fill(value, from, to)
  return paintAct(Tool.fill, value, runsFrom(new Map([...labels].entries()), after))
}

/** Makes acts one after the other; returns them with the masks in between, and keeps them as a server would. */
function aHistory(n: number) {
  const labels = new Uint8Array(40)
  const { editor } = aView(labels)
  const kept: Act[] = []
  editor.goOn([], { keep: (act) => kept.push(act), load: () => Promise.reject(new Error('not asked for')), failed: () => undefined })
  const masks = [labels.slice()]
  for (let at = 0; at < n; at++) {
    editor.commit(fill(labels, (at * 7) % 30, ((at * 7) % 30) + 1 + (at % 9), 1 + (at % 3)))
    masks.push(labels.slice())
  }
  return { kept, masks }
}

const forgotten = (acts: readonly Act[]): Logged[] => acts.map((act, at) => ({ ...loggedAct(at + 1, act), act: null }))

test('acts that are no longer in memory are fetched when it is their turn, in order, however fast undo is pressed', async () => {
  const { kept, masks } = aHistory(12)
  const labels = (masks.at(-1) as Uint8Array<ArrayBuffer>).slice()
  const { editor } = aView(labels)
  const more: Act[] = []
  const load = vi.fn((sequence: number) => new Promise<Act>((done) => setTimeout(() => done(kept[sequence - 1] as Act), 5)))
  editor.goOn(forgotten(kept), { keep: (act) => kept.length + more.push(act), load, failed: (cause) => { throw cause } })
  for (let press = 0; press < 12; press++) editor.undo()
  await vi.waitFor(() => expect(editor.canUndo).toBe(false))
  expect(labels).toEqual(masks[0])
  expect(load.mock.calls.map(([sequence]) => sequence)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  expect(more.map((act) => act.tool)).toEqual(Array(12).fill(Tool.undo))
  for (let press = 0; press < 5; press++) editor.redo()
  expect(labels).toEqual(masks[5])
  expect(load).toHaveBeenCalledTimes(12)
})

test('an act that cannot be fetched stays where it was, and why is told', async () => {
  const { kept, masks } = aHistory(3)
  const labels = (masks.at(-1) as Uint8Array<ArrayBuffer>).slice()
  const { editor } = aView(labels)
  const failed = vi.fn()
  editor.goOn(forgotten(kept), { keep: () => 9, load: () => Promise.reject(new Error('No connection.')), failed })
  editor.undo()
  editor.undo()
  await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(1))
  expect(labels).toEqual(masks[3])
  expect(editor.newest).toMatchObject({ sequence: 3 })
})

test('voxels and names are one act, taken back together', () => {
  const labels = new Uint8Array(40)
  const { view, editor } = aView(labels)
  view.setLevels(new Map([[1, 'L1']]))
  const told: Act[] = []
  editor.onAct((act) => told.push(act))
  expect(editor.nextNumber).toBe(2)
  expect(editor.commit({ ...fill(labels, 3, 9, 2), levels: [{ number: 2, from: null, to: 'L2' }] })).toBe(true)
  expect([labels[4], view.state.getState().levels.get(2), editor.nextNumber]).toEqual([2, 'L2', 3])
  editor.undo()
  expect([labels[4], view.state.getState().levels.get(2), editor.nextNumber]).toEqual([0, null, 3])
  editor.redo()
  expect(told.map(({ tool, levels }) => [tool, levels[0]?.to ?? null])).toEqual([[Tool.fill, 'L2'], [Tool.undo, null], [Tool.redo, 'L2']])
  expect(() => editor.commit(levelAct(Tool.swap, 1, [{ number: 1, from: 'L5', to: 'L4' }]))).toThrow()
  expect(view.state.getState().levels.get(1)).toBe('L1')
})

test('while another moment is shown nothing is changed', () => {
  const labels = new Uint8Array(40)
  const { editor } = aView(labels)
  editor.commit(fill(labels, 0, 5, 1))
  editor.pause('past', true)
  expect(editor.commit(fill(labels, 5, 9, 1))).toBe(false)
  editor.undo()
  expect(labels[0]).toBe(1)
  editor.pause('past', false)
  editor.undo()
  expect(labels[0]).toBe(0)
})

import { expect, test } from 'vitest'
import { NO_RUNS, Tool } from '../bridge'
import { type Logged, loggedAct, UndoStack } from './undoStack'

const logged = (sequence: number, tool: Tool, number = 1): Logged => ({ sequence, tool, number, voxels: 10, levels: 0, by: null, act: null })
const names = (stack: UndoStack) => [stack.newest?.sequence ?? null, stack.nextAgain?.sequence ?? null, stack.depth]

test('the stack is what undo and redo in the log have left of it', () => {
  const log = [
    logged(1, Tool.brush), logged(2, Tool.fill), logged(3, Tool.shift), logged(4, Tool.undo), logged(5, Tool.undo), logged(6, Tool.redo),
  ]
  expect(names(new UndoStack(log))).toEqual([2, 3, 2])
  expect(names(new UndoStack([...log, logged(7, Tool.eraser)]))).toEqual([7, null, 3])
  expect(names(new UndoStack([...log, logged(7, Tool.undo), logged(8, Tool.undo), logged(9, Tool.undo)]))).toEqual([null, 1, 0])
  expect(names(new UndoStack([logged(1, Tool.undo), logged(2, Tool.redo), logged(3, Tool.brush)]))).toEqual([3, null, 1])
})

test('taking back and making again, at random, leaves the stack that the whole log gives', () => {
  let seed = 11
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647
  const log: Logged[] = []
  const live = new UndoStack()
  const model = { made: [] as number[], undone: [] as number[] }
  for (let sequence = 1; sequence <= 500; sequence++) {
    const wish = random()
    const tool = wish < 0.35 && model.made.length > 0 ? Tool.undo : wish < 0.55 && model.undone.length > 0 ? Tool.redo : Tool.brush
    if (tool === Tool.undo) model.undone.push(model.made.pop() as number)
    else if (tool === Tool.redo) model.made.push(model.undone.pop() as number)
    else {
      model.made.push(sequence)
      model.undone = []
    }
    log.push(logged(sequence, tool))
    live.add(logged(sequence, tool))
    expect(names(live)).toEqual([model.made.at(-1) ?? null, model.undone.at(-1) ?? null, model.made.length])
  }
  expect(names(new UndoStack(log))).toEqual(names(live))
})

test('only the newest acts are kept whole, and none that is on top is let go', () => {
  const stack = new UndoStack()
  for (let sequence = 1; sequence <= 1000; sequence++) stack.add(loggedAct(sequence, { tool: Tool.brush, number: 1, runs: NO_RUNS, levels: [] }))
  expect(stack.depth).toBe(1000)
  expect(stack.whole).toBe(200)
  expect(stack.newest?.act).not.toBeNull()
  const many = new Uint32Array(2_000_000)
  const large = { tool: Tool.restore, number: 0, runs: { starts: many, lengths: many, old: new Uint8Array(), new: new Uint8Array() }, levels: [] }
  stack.add(loggedAct(1001, large))
  expect(stack.newest?.act).toBe(large)
  expect(stack.whole).toBe(1)
})

import { describe, expect, it } from 'vitest'
import { NO_MOVES, redone, remembered, undone } from './pointHistory'

const before = { points: [[[0, 0, 0]]], by: null }
const after = { points: [[[1, 0, 0]]], by: null }

describe('undo and redo of point drags', () => {
  it('goes back and forth over vertebrae in the order of the drags', () => {
    let history = remembered(NO_MOVES, { number: 3, before, after })
    history = remembered(history, { number: 5, before: null, after })
    const back = undone(history)
    expect(back?.move).toEqual({ number: 5, before: null, after })
    const further = undone(back?.history ?? NO_MOVES)
    expect(further?.move.number).toBe(3)
    expect(undone(further?.history ?? NO_MOVES)).toBeNull()
    expect(redone(further?.history ?? NO_MOVES)?.move.number).toBe(3)
  })

  it('forgets what was undone at the next drag', () => {
    const back = undone(remembered(NO_MOVES, { number: 3, before, after }))
    const next = remembered(back?.history ?? NO_MOVES, { number: 4, before, after })
    expect(redone(next)).toBeNull()
  })
})

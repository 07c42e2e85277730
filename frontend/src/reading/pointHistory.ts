/** Undo and redo of moved points; one entry per drag, whatever vertebra it was on. */
import type { PlacedPoints } from '../viewer/sixPoints/origins'

export interface PointMove {
  readonly number: number
  readonly before: PlacedPoints | null
  readonly after: PlacedPoints | null
}

export interface PointHistory {
  readonly done: readonly PointMove[]
  readonly undone: readonly PointMove[]
}

export const NO_MOVES: PointHistory = { done: [], undone: [] }

export function remembered(history: PointHistory, move: PointMove): PointHistory {
  return { done: [...history.done, move], undone: [] }
}

/** The history one step back and the points to put back; null where there is nothing to undo. */
export function undone(history: PointHistory): { history: PointHistory; move: PointMove } | null {
  const move = history.done.at(-1)
  if (move === undefined) return null
  return {
    history: { done: history.done.slice(0, -1), undone: [...history.undone, move] },
    move,
  }
}

export function redone(history: PointHistory): { history: PointHistory; move: PointMove } | null {
  const move = history.undone.at(-1)
  if (move === undefined) return null
  return {
    history: { done: [...history.done, move], undone: history.undone.slice(0, -1) },
    move,
  }
}

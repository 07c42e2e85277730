import type { Move } from '../api/types'

/** Moves that can be made without looking at the picture, in the order they are offered. */
const PATH_MOVES: readonly Move[] = [
  'queue',
  'offer',
  'readmit',
  'reopen',
  'reopen_mask',
  'return_from_reading',
  'exclude',
]

export const pathMovesOf = (moves: readonly Move[]): Move[] => PATH_MOVES.filter((move) => moves.includes(move))

/** Moves that take a case off its way are made with a reason. */
export const asksWhy = (move: Move): boolean => move === 'exclude' || move === 'return_from_reading'

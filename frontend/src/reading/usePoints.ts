/** Six points while they are moved: shown at once, refused where they are no body's, undone and redone. */
import { useRef, useState } from 'react'
import type { Finding } from '../api/types'
import { type Refusal, refusalOf } from '../domain/sixPoints'
import type { Change } from '../grading/findings'
import { type PlacedPoints, samePoints } from '../viewer/sixPoints/origins'
import { NO_MOVES, type PointHistory, type PointMove, redone, remembered, undone } from './pointHistory'

export type Phase = 'drag' | 'end'

interface Doors {
  readonly findings: readonly Finding[]
  readonly isOpen: boolean
  /** Shows points without keeping them. */
  readonly show: (number: number, placed: PlacedPoints | null) => void
  readonly keep: (number: number, change: Change) => void
  readonly select: (number: number) => void
}

/** Why points are or were refused: `isLive` while they are still in hand. */
export interface RefusedPoints {
  readonly number: number
  readonly code: Refusal
  readonly isLive: boolean
}

export function usePoints({ findings, isOpen, show, keep, select }: Doors) {
  const [history, setHistory] = useState<PointHistory>(NO_MOVES)
  const [refused, setRefused] = useState<RefusedPoints | null>(null)
  const before = useRef<{ number: number; placed: PlacedPoints | null } | null>(null)

  const placedOf = (number: number): PlacedPoints | null => {
    const finding = findings.find((one) => one.number === number)
    return finding?.six_points_mm ? { points: finding.six_points_mm, by: finding.points_by } : null
  }
  const commit = (move: PointMove) => {
    show(move.number, move.after)
    setHistory(remembered(history, move))
    keep(move.number, changeOf(move.after))
  }
  const move = (number: number, placed: PlacedPoints, phase: Phase) => {
    if (!isOpen) return
    if (before.current?.number !== number) before.current = { number, placed: placedOf(number) }
    const start = before.current.placed
    const code = refusalOf(placed.points)
    setRefused(code && { number, code, isLive: phase === 'drag' })
    if (phase === 'drag') return show(number, placed)
    before.current = null
    if (code !== null || samePoints(start?.points ?? null, placed.points)) return show(number, start)
    commit({ number, before: start, after: placed })
  }
  const remove = (number: number) => {
    const start = placedOf(number)
    setRefused(null)
    if (isOpen && start !== null) commit({ number, before: start, after: null })
  }
  const replay = (step: { history: PointHistory; move: PointMove } | null, side: 'before' | 'after') => {
    if (!isOpen || step === null) return
    setHistory(step.history)
    setRefused(null)
    select(step.move.number)
    show(step.move.number, step.move[side])
    keep(step.move.number, changeOf(step.move[side]))
  }
  return {
    refused,
    move,
    remove,
    undo: () => replay(undone(history), 'before'),
    redo: () => replay(redone(history), 'after'),
  }
}

function changeOf(placed: PlacedPoints | null): Change {
  return { six_points_mm: placed?.points ?? null, points_by: placed?.by ?? null }
}

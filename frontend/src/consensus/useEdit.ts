import { useState } from 'react'
import type { DisagreementOut, Finding } from '../api/types'
import { conventionOf, type Measurement, measurePoints } from '../domain/genant'
import type { SixPoints } from '../viewer/sixPoints/plane'
import { meanPoints } from './compare'

/** The sitting's own points and grade while they are being made. */
export interface Draft {
  readonly points: SixPoints | null
  readonly finding: Pick<Finding, 'grade_reader' | 'shape_reader' | 'not_graded_reason'>
  readonly measured: Measurement | null
}

export interface Edit {
  /** Null while nothing is edited. */
  readonly draft: Draft | null
  readonly start: () => void
  readonly stop: () => void
  readonly move: (points: SixPoints, phase: 'drag' | 'end') => void
  readonly say: (change: Partial<Draft['finding']>) => void
  readonly undo: () => void
}

/** Editing starts at the mean of both readings, with the grade that the mean measures. */
export function useEdit(entry: DisagreementOut | null, convention: string): Edit {
  const [state, setState] = useState<{ id: string; draft: Draft; past: SixPoints[] } | null>(null)
  const current = state !== null && state.id === entry?.id ? state : null
  const withPoints = (draft: Draft, points: SixPoints | null): Draft => ({
    ...draft,
    points,
    measured: measuredOrNull(points, convention),
  })
  return {
    draft: current?.draft ?? null,
    start: () => entry && setState({ id: entry.id, draft: firstDraft(entry, convention), past: [] }),
    stop: () => setState(null),
    move: (points, phase) => {
      if (!current) return
      const last = current.draft.points
      const past = phase === 'end' && last ? [...current.past, last] : current.past
      setState({ ...current, draft: withPoints(current.draft, points), past })
    },
    say: (change) => {
      if (!current) return
      setState({ ...current, draft: { ...current.draft, finding: { ...current.draft.finding, ...change } } })
    },
    undo: () => {
      const before = current?.past.at(-2) ?? current?.past.at(-1)
      if (current && before) {
        setState({ ...current, draft: withPoints(current.draft, before), past: current.past.slice(0, -1) })
      }
    },
  }
}

function firstDraft(entry: DisagreementOut, convention: string): Draft {
  const points = meanPoints(entry.a, entry.b) ?? entry.a?.six_points_mm ?? entry.b?.six_points_mm ?? null
  const measured = measuredOrNull(points, convention)
  const grade = (measured?.grade ?? null) as Finding['grade_reader']
  const shape = measured === null || measured.shape === 'none' ? null : measured.shape
  return { points, measured, finding: { grade_reader: grade, shape_reader: shape, not_graded_reason: null } }
}

function measuredOrNull(points: SixPoints | null, convention: string): Measurement | null {
  try {
    return points === null ? null : measurePoints(points, conventionOf(convention))
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

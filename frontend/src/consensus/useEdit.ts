import { useState } from 'react'
import type { DisagreementOut, Finding } from '../api/types'
import { conventionOf, type Measurement, measurePoints } from '../domain/genant'
import { refusalOf } from '../domain/sixPoints'
import { allBy, type Origins, type PlacedPoints } from '../viewer/sixPoints/origins'
import type { SixPoints } from '../viewer/sixPoints/plane'
import { meanPoints } from './compare'

/** The sitting's own points and grade while they are being made. */
export interface Draft {
  readonly points: SixPoints | null
  readonly by: Origins | null
  readonly finding: Pick<Finding, 'grade_reader' | 'shape_reader' | 'not_graded_reason' | 'ao_class'>
  readonly measured: Measurement | null
}

interface Held {
  readonly id: string
  readonly draft: Draft
  readonly past: readonly PlacedPoints[]
  /** Where the points in hand came from; null while none are in hand. */
  readonly from: PlacedPoints | null
}

export interface Edit {
  /** Null while nothing is edited. */
  readonly draft: Draft | null
  readonly start: () => void
  readonly stop: () => void
  readonly move: (placed: PlacedPoints, phase: 'drag' | 'end') => void
  readonly say: (change: Partial<Draft['finding']>) => void
  readonly undo: () => void
}

/** Editing starts at the mean of both readings, with the grade that the mean measures. */
export function useEdit(entry: DisagreementOut | null, convention: string): Edit {
  const [state, setState] = useState<Held | null>(null)
  const current = state !== null && state.id === entry?.id ? state : null
  return {
    draft: current?.draft ?? null,
    start: () => entry && setState({ id: entry.id, draft: firstDraft(entry, convention), past: [], from: null }),
    stop: () => setState(null),
    move: (placed, phase) => setState(current && moved(current, placed, phase, convention)),
    say: (change) => {
      if (!current) return
      setState({ ...current, draft: { ...current.draft, finding: { ...current.draft.finding, ...change } } })
    },
    undo: () => {
      const before = current?.past.at(-1)
      if (current && before) {
        setState({ ...current, draft: withPlaced(current.draft, before, convention), past: current.past.slice(0, -1) })
      }
    },
  }
}

/** Points in hand are shown; let go, they are kept, unless they are no body's: then they go back. */
function moved(held: Held, placed: PlacedPoints, phase: 'drag' | 'end', convention: string): Held {
  const { draft } = held
  const from = held.from ?? (draft.points && { points: draft.points, by: draft.by })
  if (phase === 'drag') return { ...held, from, draft: withPlaced(draft, placed, convention) }
  if (from !== null && refusalOf(placed.points) !== null) {
    return { ...held, from: null, draft: withPlaced(draft, from, convention) }
  }
  const past = from === null ? held.past : [...held.past, from]
  return { ...held, from: null, past, draft: withPlaced(draft, placed, convention) }
}

function withPlaced(draft: Draft, { points, by }: PlacedPoints, convention: string): Draft {
  return { ...draft, points, by, measured: measuredOrNull(points, convention) }
}

function firstDraft(entry: DisagreementOut, convention: string): Draft {
  const points = meanPoints(entry.a, entry.b) ?? entry.a?.six_points_mm ?? entry.b?.six_points_mm ?? null
  const measured = measuredOrNull(points, convention)
  const grade = (measured?.grade ?? null) as Finding['grade_reader']
  const shape = measured === null || measured.shape === 'none' ? null : measured.shape
  const by = points === null ? null : allBy('mean')
  const isAgreed = entry.a?.ao_class === entry.b?.ao_class || entry.a === null || entry.b === null
  const ao = isAgreed ? (entry.a ?? entry.b)?.ao_class ?? null : null
  return { points, by, measured, finding: { grade_reader: grade, shape_reader: shape, not_graded_reason: null, ao_class: ao } }
}

function measuredOrNull(points: SixPoints | null, convention: string): Measurement | null {
  try {
    return points === null ? null : measurePoints(points, conventionOf(convention))
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

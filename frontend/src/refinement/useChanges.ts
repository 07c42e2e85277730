import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { applyRuns, fetchMask, inverse } from '../bridge'
import { glowOf, type SpineView } from '../viewer'
import { type Changes, changesBetween } from './changes'
import type { Workplace } from './useWorkplace'

/** The model's (or the import's) mask, the student's as handed in, and what the reader made of it. */
export type Shown = 'model' | 'student' | 'mine'
const TURN: readonly Shown[] = ['mine', 'model', 'student']

function useOther(place: Workplace, revision: 'start' | 'submitted') {
  return useQuery({
    queryKey: ['mask', place.home, revision],
    queryFn: ({ signal }) => fetchMask(place.home, { revision, signal }),
    enabled: place.outbox !== null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
}

/** What differs from the mask that the model or the import left, and the way to see that one again. */
export function useChanges(place: Workplace, view: SpineView) {
  const isOpen = place.outbox !== null
  const model = useOther(place, 'start')
  const student = useOther(place, 'submitted')
  const [changes, setChanges] = useState<Changes | null>(null)
  const [shown, setShown] = useState<Shown>('mine')
  /** What turned the own mask into the one on screen; null while the own is there. */
  const over = useRef<Changes | null>(null)
  const before = model.data?.labels
  useEffect(() => {
    if (!before || !isOpen || !view.labelMap || over.current) return
    const found = changesBetween(before, view.labelMap, view.grid)
    setChanges(found)
    view.state.setState({ glow: glowOf(view.grid, found.runs) })
    // `stats` is counted when strokes have rested: the moment to compare anew.
  }, [before, isOpen, view, place.stats])
  useEffect(() => () => view.state.setState({ glow: null }), [view])

  /** Puts one of the three masks on screen. Only the own one can be painted. */
  const show = (wanted: Shown) => {
    const labels = view.labelMap
    const other = wanted === 'model' ? before : wanted === 'student' ? student.data?.labels : null
    if (!labels || view.editor.isPainting || (wanted !== 'mine' && !other)) return
    if (over.current) applyRuns(labels, inverse(over.current.runs))
    over.current = other ? changesBetween(labels, other) : null
    if (over.current) applyRuns(labels, over.current.runs)
    view.redrawLabels()
    setShown(wanted)
  }
  const latest = useRef(show)
  latest.current = show
  useEffect(() => () => latest.current('mine'), [view])
  const next = () => show(TURN[(TURN.indexOf(shown) + 1) % TURN.length] as Shown)
  return { changes, failure: model.error?.message ?? null, shown, show, next, submitted: student.data?.revision ?? null }
}

/** Which changed levels the reader has accepted, for one handing in; kept in this browser. */
export function useAccepted(caseId: string, submitted: number | null) {
  const key = `lamina.accepted/1.${caseId}.${submitted}`
  const [now, setNow] = useState(0)
  const kept = useMemo(() => new Set(JSON.parse(localStorage.getItem(key) ?? '[]') as number[]), [key, now])
  const accept = (number: number) => {
    localStorage.setItem(key, JSON.stringify([...kept, number]))
    setNow((n) => n + 1)
  }
  return { accepted: kept as ReadonlySet<number>, accept }
}

import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { applyRuns, fetchMask, inverse } from '../bridge'
import type { SpineView } from '../viewer'
import { type Changes, changesBetween } from './changes'
import type { Workplace } from './useWorkplace'

/** What differs from the mask that the model or the import left, and the way to see that one again. */
export function useChanges(place: Workplace, view: SpineView) {
  const isOpen = place.outbox !== null
  const first = useQuery({
    queryKey: ['mask', place.caseId, 'start'],
    queryFn: ({ signal }) => fetchMask(place.caseId, { revision: 'start', signal }),
    enabled: isOpen,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const [changes, setChanges] = useState<Changes | null>(null)
  const flipped = useRef<Changes | null>(null)
  const before = first.data?.labels
  useEffect(() => {
    if (!before || !isOpen || !view.labelMap || flipped.current) return
    setChanges(changesBetween(before, view.labelMap))
    // `stats` is counted when strokes have rested: the moment to compare anew.
  }, [before, isOpen, view, place.stats])

  /** Shows the mask before the changes, until `flipBack`. Painting is not possible meanwhile. */
  const flip = () => {
    if (!before || !view.labelMap || flipped.current || view.editor.isPainting) return
    flipped.current = changesBetween(before, view.labelMap)
    show(view, view.labelMap, inverse(flipped.current.runs))
  }
  const flipBack = () => {
    if (!flipped.current || !view.labelMap) return
    show(view, view.labelMap, flipped.current.runs)
    flipped.current = null
  }
  useEffect(() => flipBack, [view])
  return { changes, failure: first.error?.message ?? null, flip, flipBack, isFlipped: () => flipped.current !== null }
}

function show(view: SpineView, labels: Uint8Array, runs: Changes['runs']): void {
  applyRuns(labels, runs)
  view.redrawLabels()
}

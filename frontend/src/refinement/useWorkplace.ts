/** What a person needs to work on one case's mask: the case, its mask, the lease, and safe strokes. */
import { notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { api } from '../api/client'
import type { CaseDetail, Problem, Session } from '../api/types'
import type { MaskHome, Outbox, SaveState } from '../bridge'
import { noteUnsent } from '../shell/unsent'
import { labelStats, type LabelStats, type Levels, type SpineView, useVolume } from '../viewer'
import { journalOf, useMask } from './useMask'
import { useSeat } from './useSeat'
import { useWatch } from './useWatch'

/** Painting rests this long before problems are looked for again. */
const PROBLEMS_REST_MS = 1_000
const NOTHING_SAVED: SaveState = { kind: 'saved', waiting: 0, at: null }

export function useCase(caseId: string) {
  return useQuery({ queryKey: ['case', caseId], queryFn: ({ signal }) => api.get<CaseDetail>(`/cases/${caseId}/`, signal) })
}

export function useProblems(caseId: string) {
  return useQuery({
    queryKey: ['problems', caseId],
    queryFn: ({ signal }) => api.get<Problem[]>(`/cases/${caseId}/problems/`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Looks for problems again while they are listed, whenever all that was painted is saved. */
export function useProblemsWatched(caseId: string, isListed: boolean, save: SaveState): void {
  const client = useQueryClient()
  const savedAt = save.kind === 'saved' ? (save.at?.getTime() ?? 0) : null
  useEffect(() => {
    if (!isListed || savedAt === null) return
    const timer = setTimeout(() => void client.invalidateQueries({ queryKey: ['problems', caseId] }), PROBLEMS_REST_MS)
    return () => clearTimeout(timer)
  }, [client, caseId, isListed, savedAt])
}

export function useSaveState(outbox: Outbox | null): SaveState {
  const subscribe = useCallback((listener: () => void) => outbox?.subscribe(listener) ?? (() => undefined), [outbox])
  return useSyncExternalStore(subscribe, () => outbox?.state ?? NOTHING_SAVED)
}

/** Sizes and middles of all levels, counted again when strokes have rested for a moment. */
function useStats(view: SpineView | null, isOpen: boolean): ReadonlyMap<number, LabelStats> {
  const [stats, setStats] = useState<ReadonlyMap<number, LabelStats>>(new Map())
  useEffect(() => {
    if (!view || !isOpen) return
    const count = () => {
      if (view.labelMap && !view.editor.isPainting) setStats(labelStats(view.grid, view.labelMap))
    }
    count()
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = view.editor.onAct(() => {
      clearTimeout(timer)
      timer = setTimeout(count, 2_000)
    })
    return () => {
      clearTimeout(timer)
      end()
    }
  }, [view, isOpen])
  return stats
}

/** Levels as they are on screen: those of the case until its mask is open, then what acts make of them. */
function useLevelsShown(view: SpineView | null, detail: CaseDetail | null): Levels {
  const ofCase = useMemo(() => new Map(detail?.vertebrae.map((one) => [one.number, one.level]) ?? []), [detail])
  useEffect(() => {
    if (view && !view.labelMap) view.setLevels(ofCase)
  }, [view, ofCase])
  const subscribe = useCallback((listener: () => void) => view?.state.subscribe(listener) ?? (() => undefined), [view])
  return useSyncExternalStore(subscribe, () => view?.state.getState().levels ?? ofCase)
}

/**
 * @param reading of a reader who paints a mask of their own; without it the mask is the case's.
 */
export function useWorkplace(caseId: string, reading?: string) {
  const home: MaskHome = reading === undefined ? `cases/${caseId}` : `readings/${reading}`
  const { t } = useTranslation()
  const session = useQuery({ queryKey: ['session'], queryFn: ({ signal }) => api.get<Session>('/session/', signal), staleTime: 60_000 })
  const found = useCase(caseId)
  const detail = found.data ?? null
  const { loading, view } = useVolume(detail?.volume ?? null)
  const user = session.data?.user ?? null
  const owner = user && String(user.id)
  const seat = useSeat(owner, journalOf(home))
  const sayWhyNot = (cause: unknown) =>
    notifications.show({ message: t('refinement.notUndone', { why: cause instanceof Error ? cause.message : String(cause) }), color: 'yellow' })
  const mask = useMask(home, view, seat.state === 'mine' ? owner : null, sayWhyNot)
  const state = useSaveState(mask.open?.outbox ?? null)
  useEffect(() => noteUnsent(state.waiting), [state.waiting])
  const isOthers = seat.state === 'elsewhere' || (mask.open !== null && detail?.lease?.is_me === false && state.waiting === 0)
  const watch = useWatch(home, view, isOthers)
  const stats = useStats(view, mask.open !== null || isOthers)
  const levels = useLevelsShown(view, detail)
  return {
    caseId, home, user, detail, failure: (detail ? null : found.error?.message) ?? mask.failure, loading, view,
    outbox: mask.open?.outbox ?? null, save: state, stats, levels, reloadMask: mask.reload,
    seat, watch,
  }
}

export type Workplace = ReturnType<typeof useWorkplace>

/** Number in hand, following clicks in the picture too; 0 before a viewer is there. */
export function useActive(view: SpineView): number {
  return useStore(view.state, (state) => state.active)
}

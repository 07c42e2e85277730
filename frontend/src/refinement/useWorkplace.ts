/** What a person needs to work on one case's mask: the case, its mask, the lease, and safe strokes. */
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import { api, onSignedIn } from '../api/client'
import type { CaseDetail, Problem, Session } from '../api/types'
import { applyRuns, BaseMismatch, fetchMask, Journal, layOnTop, noJournal, Outbox, type SaveState, sendStroke, type Stroke } from '../bridge'
import { noteUnsent } from '../shell/unsent'
import { labelStats, type LabelStats, type LevelChange, LevelMismatch, type Levels, levelsAfter, type SpineView, useVolume } from '../viewer'
import { useSeat } from './useSeat'
import { useWatch } from './useWatch'

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

interface OpenMask {
  readonly view: SpineView
  readonly outbox: Outbox
}

/**
 * Shows the case's mask in the viewer and ties its strokes to the journal and the server, while this tab
 * is the one in which its owner works.
 */
function useMask(caseId: string, view: SpineView | null, owner: string | null) {
  const [open, setOpen] = useState<OpenMask | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [attempt, setAttempt] = useState(0)
  const onTop = useRef<readonly Stroke[]>([])
  useEffect(() => {
    if (!view || owner === null) return
    const stop = new AbortController()
    const ends: (() => void)[] = [() => stop.abort()]
    openMask(caseId, view, owner, stop.signal)
      .then((opened) => {
        if (stop.signal.aborted) return opened.outbox.close()
        ends.push(view.editor.onAct((act) => void opened.outbox.add(act)))
        for (const stroke of onTop.current) layAgain(opened, stroke)
        onTop.current = []
        const online = () => opened.outbox.retry()
        window.addEventListener('online', online)
        ends.push(onSignedIn(() => opened.outbox.begin()), () => opened.outbox.close(), () => window.removeEventListener('online', online))
        setOpen(opened)
        setFailure(null)
      })
      .catch((cause: unknown) => {
        if (!stop.signal.aborted) setFailure(cause instanceof Error ? cause.message : String(cause))
      })
    return () => {
      for (const end of ends) end()
      setOpen(null)
    }
  }, [caseId, view, owner, attempt])
  /** Takes the server's mask; with `keepMine`, what was not sent is painted again on top of it. */
  const takeTheirs = async (keepMine: boolean) => {
    if (!open) return
    onTop.current = keepMine ? open.outbox.pending() : []
    await open.outbox.drop()
    setAttempt((n) => n + 1)
  }
  return { open, failure, takeTheirs, reload: () => setAttempt((n) => n + 1) }
}

function layAgain({ view, outbox }: OpenMask, stroke: Stroke): void {
  if (!view.labelMap) return
  const runs = layOnTop(view.labelMap, stroke.runs)
  const levels = levelsOnTop(view.state.getState().levels, stroke.levels)
  if (runs.starts.length === 0 && levels.length === 0) return
  outbox.add({ tool: stroke.tool, number: stroke.number, runs, levels })
  view.setLevels(levelsAfter(view.state.getState().levels, levels))
  view.redrawLabels()
}

/** The level changes that bring about what was wanted, from the levels as they are now. */
function levelsOnTop(now: Levels, wanted: readonly LevelChange[]): LevelChange[] {
  return wanted.map(({ number, to }) => ({ number, from: now.get(number) ?? null, to })).filter(({ from, to }) => from !== to)
}

/** The mask as the server has it, with what waits in this browser's journal on top. */
async function openMask(caseId: string, view: SpineView, owner: string, signal: AbortSignal): Promise<OpenMask> {
  const journal = await Journal.open(owner, caseId).catch(noJournal)
  const mask = await fetchMask(caseId, { signal })
  const send = (bytes: Uint8Array<ArrayBuffer>) => sendStroke(caseId, bytes)
  const outbox = new Outbox({ journal, send, lastSequence: mask.lastSequence, revision: mask.revision })
  let levels: Levels = mask.levels
  for (const stroke of await outbox.resume()) {
    if (stroke.sequence <= mask.lastSequence) continue
    try {
      const after = levelsAfter(levels, stroke.levels)
      applyRuns(mask.labels, stroke.runs)
      levels = after
    } catch (cause) {
      if (!(cause instanceof BaseMismatch || cause instanceof LevelMismatch)) throw cause
      break
    }
  }
  view.editor.nextNumber = mask.nextNumber
  view.setLevels(levels)
  view.setLabels(mask.labels)
  return { view, outbox }
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

export function useWorkplace(caseId: string) {
  const session = useQuery({ queryKey: ['session'], queryFn: ({ signal }) => api.get<Session>('/session/', signal), staleTime: 60_000 })
  const found = useCase(caseId)
  const detail = found.data ?? null
  const { loading, view } = useVolume(detail?.volume ?? null)
  const user = session.data?.user ?? null
  const owner = user && String(user.id)
  const seat = useSeat(owner, caseId)
  const mask = useMask(caseId, view, seat.state === 'mine' ? owner : null)
  const state = useSaveState(mask.open?.outbox ?? null)
  useEffect(() => noteUnsent(state.waiting), [state.waiting])
  const isOthers = seat.state === 'elsewhere' || (mask.open !== null && detail?.lease?.is_me === false && state.waiting === 0)
  const watch = useWatch(caseId, view, isOthers)
  const stats = useStats(view, mask.open !== null || isOthers)
  const levels = useLevelsShown(view, detail)
  return {
    caseId, user, detail, failure: found.error?.message ?? mask.failure, loading, view,
    outbox: mask.open?.outbox ?? null, save: state, stats, levels, reloadMask: mask.reload, takeTheirs: mask.takeTheirs,
    seat, watch,
  }
}

export type Workplace = ReturnType<typeof useWorkplace>

/** Number in hand, following clicks in the picture too; 0 before a viewer is there. */
export function useActive(view: SpineView): number {
  return useStore(view.state, (state) => state.active)
}

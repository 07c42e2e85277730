/** The mask of a case on screen: its acts tied to journal and server, its log, and what can be taken back. */
import { useEffect, useState } from 'react'
import { api, ApiError, onSignedIn } from '../api/client'
import type { ActRow } from '../api/types'
import {
  type Act, applyRuns, BaseMismatch, fetchAct, fetchMask, Journal, type Mask, type MaskHome, noJournal, Outbox, sendStroke, type Stroke, Tool,
} from '../bridge'
import { LevelMismatch, type Levels, levelsAfter, type Logged, loggedAct, type SpineView } from '../viewer'

export interface OpenMask {
  readonly view: SpineView
  readonly outbox: Outbox
}

/** A mask that a server did not give for want of a connection is asked for again after this long. */
const AGAIN_MS = 3_000

const isTool = (code: number): code is Tool => Object.values(Tool).some((tool) => tool === code)

/** The acts since the stage began, as the server has them. */
export async function fetchLog(home: MaskHome, since: 'stage' | 'start' = 'stage', signal?: AbortSignal): Promise<ActRow[]> {
  return api.get<ActRow[]>(`/${home}/acts/?since=${since}`, signal)
}

const logged = ({ sequence, tool, number, n_voxels, levels, mine, by }: ActRow): Logged => ({
  sequence, tool: isTool(tool) ? tool : Tool.other, number, voxels: n_voxels, levels: levels.length, by: mine ? null : by, act: null,
})

/** Applies an act in place; returns the levels after it, or null where it does not fit. */
export function levelsIfFits(labels: Uint8Array, levels: Levels, act: Act): Levels | null {
  try {
    const after = levelsAfter(levels, act.levels)
    applyRuns(labels, act.runs)
    return after
  } catch (cause) {
    if (cause instanceof BaseMismatch || cause instanceof LevelMismatch) return null
    throw cause
  }
}

/** What waits in the journal, on top of what the server has; ends where it does not fit. */
function layWaiting(mask: Mask, waiting: readonly Stroke[]): { levels: Levels; log: Logged[] } {
  let levels: Levels = mask.levels
  const log: Logged[] = []
  for (const stroke of waiting) {
    if (stroke.sequence <= mask.lastSequence) continue
    const after = levelsIfFits(mask.labels, levels, stroke)
    if (!after) break
    levels = after
    log.push(loggedAct(stroke.sequence, stroke))
  }
  return { levels, log }
}

/** What a mask is called in this browser: by its case, an own one by its reading. */
export const journalOf = (home: MaskHome): string => home.slice(home.indexOf('/') + 1)

/** The mask as the server has it, with what waits in this browser's journal on top. */
async function openMask(home: MaskHome, view: SpineView, owner: string, signal: AbortSignal, failed: (cause: unknown) => void): Promise<OpenMask> {
  const journal = await Journal.open(owner, journalOf(home)).catch(noJournal)
  const before = await journal.entries()
  const mask = await fetchMask(home, { signal })
  const log = (await fetchLog(home, 'stage', signal)).filter(({ sequence }) => sequence <= mask.lastSequence)
  const send = (bytes: Uint8Array<ArrayBuffer>) => sendStroke(home, bytes)
  const outbox = new Outbox({ journal, send, lastSequence: mask.lastSequence, revision: mask.revision })
  const waiting = layWaiting(mask, await outbox.resume(before))
  view.editor.nextNumber = mask.nextNumber
  view.setLevels(waiting.levels)
  view.setLabels(mask.labels)
  const keep = (act: Act) => outbox.add(act).sequence
  const load = async (sequence: number) => outbox.waiting(sequence) ?? (await fetchAct(home, sequence))
  view.editor.goOn([...log.map(logged), ...waiting.log], { keep, load, failed })
  return { view, outbox }
}

/**
 * Shows the case's mask in the viewer and ties its acts to the journal and the server, while this tab is
 * the one in which its owner works (`owner` is null otherwise).
 */
export function useMask(home: MaskHome, view: SpineView | null, owner: string | null, failed: (cause: unknown) => void) {
  const [open, setOpen] = useState<OpenMask | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    if (!view || owner === null) return
    const stop = new AbortController()
    const ends: (() => void)[] = [() => stop.abort()]
    openMask(home, view, owner, stop.signal, failed)
      .then((opened) => {
        if (stop.signal.aborted) return opened.outbox.close()
        const online = () => opened.outbox.retry()
        window.addEventListener('online', online)
        ends.push(onSignedIn(() => opened.outbox.begin()), () => opened.outbox.close(), () => window.removeEventListener('online', online))
        setOpen(opened)
        setFailure(null)
      })
      .catch((cause: unknown) => {
        if (stop.signal.aborted) return
        setFailure(cause instanceof Error ? cause.message : String(cause))
        if (isRefusal(cause)) return
        const timer = setTimeout(() => setAttempt((n) => n + 1), AGAIN_MS)
        ends.push(() => clearTimeout(timer))
      })
    return () => {
      for (const end of ends) end()
      setOpen(null)
    }
    // `failed` only shows a message.
  }, [home, view, owner, attempt])
  return { open, failure, reload: () => setAttempt((n) => n + 1) }
}

export const isRefusal = (failure: unknown): boolean => failure instanceof ApiError && failure.status >= 400 && failure.status < 500

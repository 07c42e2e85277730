import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react'
import { api } from '../api/client'
import { useSession } from '../api/queries'
import type { CaseDetail, OwnTime } from '../api/types'
import { offerHooks } from '../testing'
import { type Recorder, recorderOf, STANDARD_IDLE_MS } from './recorder'

const NO_END = () => undefined
const useRecorder = (): Recorder | null => {
  const user = useSession().data?.user
  return user ? recorderOf(String(user.id)) : null
}

type Work = Pick<CaseDetail, 'id' | 'stage' | 'work'>

/**
 * Counts the time a person is active on a case while the calling screen is shown and the case waits for
 * that person's work. `inHand` says which vertebra and tool the time goes to.
 */
export function useActivity({ id, stage, work }: Work, inHand: () => { number: number; tool: string }): void {
  const recorder = useRecorder()
  const latest = useRef(inHand)
  latest.current = inHand
  useEffect(() => {
    if (!recorder || work === null) return
    offerHooks({ activeSeconds: () => recorder.counted(id, stage), bringActivity: () => recorder.flush() })
    return recorder.begin(() => ({ case: id, stage, ...latest.current() }))
  }, [recorder, id, stage, work])
}

export interface ActiveTime {
  /** Own active seconds on the case at its stage, visits before included once the server was asked. */
  readonly seconds: number
  /** Own median over cases; null while there is none. */
  readonly medianSeconds: number | null
  readonly cases: number
  /** Pauses between inputs that are longer are left out. */
  readonly idleSeconds: number
}

/** Own active time on a case; nobody else's is ever asked for. */
export function useActiveTime({ id, stage }: Pick<CaseDetail, 'id' | 'stage'>): ActiveTime {
  const recorder = useRecorder()
  const { data } = useQuery({
    queryKey: ['active-time', id, stage],
    queryFn: ({ signal }) => ask(recorder as Recorder, id, stage, signal),
    enabled: recorder !== null,
    staleTime: 60_000,
  })
  const idle = data?.idle_seconds
  useEffect(() => {
    if (recorder && idle) recorder.clock.idleMs = 1000 * idle
  }, [recorder, idle])
  const subscribe = useCallback((listener: () => void) => recorder?.subscribe(listener) ?? NO_END, [recorder])
  const counted = useSyncExternalStore(subscribe, () => Math.floor(recorder?.counted(id, stage) ?? 0))
  return {
    seconds: counted + (data?.before ?? 0),
    medianSeconds: data?.median_seconds ?? null,
    cases: data?.n_cases ?? 0,
    idleSeconds: idle ?? STANDARD_IDLE_MS / 1000,
  }
}

/** What the server knows, less what this page has counted itself and brought there. */
async function ask(recorder: Recorder, id: string, stage: string, signal: AbortSignal): Promise<OwnTime & { before: number }> {
  await recorder.flush()
  const counted = recorder.counted(id, stage)
  const own = await api.get<OwnTime>(`/cases/${id}/activity/?stage=${stage}`, signal)
  return { ...own, before: Math.max(0, own.seconds - counted) }
}

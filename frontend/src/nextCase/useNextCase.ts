import { notifications } from '@mantine/notifications'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client'
import type { CaseDetail, Next, WorkRow } from '../api/types'
import { caseLink } from '../shell/caseLink'
import { markNow } from '../testing'
import { prefetchCase } from './prefetch'

const FRESH_MS = 30_000
const JUST_NOW_MS = 2_000

/** What a person takes after the case that is open, in the order of the worklist. */
const nextOptions = (dataset: string, besides: string) =>
  queryOptions({
    queryKey: ['worklist', dataset, 'next', besides],
    queryFn: async ({ signal }) => (await api.get<Next>(`/datasets/${dataset}/next/?besides=${besides}`, signal)).next,
    staleTime: FRESH_MS,
  })

interface Options {
  /** The case that is open has all it needs, so that the next may be fetched beside it. */
  readonly mayPrefetch: boolean
  /** Strokes that are not on the server yet: with some, the case is not left. */
  readonly waiting?: number
  /** The case is handed over; nothing is to be said about leaving it. */
  readonly isDone?: boolean
}

/** The next case: known while this one is open, fetched in idle time, opened by `go`. */
export function useNextCase(open: Pick<CaseDetail, 'id' | 'dataset' | 'code' | 'work'>, options: Options) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { mayPrefetch, waiting = 0, isDone = false } = options
  const query = useQuery({ ...nextOptions(open.dataset, open.id), enabled: mayPrefetch || isDone })
  usePrefetch(query.data ?? null, mayPrefetch)

  const go = async () => {
    if (waiting > 0) return notifications.show({ message: t('next.waits', { count: waiting, code: open.code }), color: 'yellow' })
    markNow('nextAsked')
    const next = await client.fetchQuery({ ...nextOptions(open.dataset, open.id), staleTime: JUST_NOW_MS })
    if (!next) return notifications.show({ message: t('next.nothing_free') })
    if (!isDone && open.work) notifications.show({ message: t(`next.left.${open.work}`, { code: open.code }) })
    return navigate(caseLink(next))
  }
  return { next: query.data, isKnown: query.isSuccess, go: () => void go().catch((cause: Error) => notifications.show({ message: cause.message, color: 'yellow' })) }
}

/** Fetches ahead when the browser has nothing else to do; gives up when the person goes on. */
function usePrefetch(next: WorkRow | null, mayStart: boolean): void {
  const client = useQueryClient()
  const [id, work] = [next?.case, next?.work ?? null]
  useEffect(() => {
    if (!id || !work || !mayStart) return
    const stop = new AbortController()
    const begin = () => void prefetchCase(client, { case: id, work }, stop.signal).catch(() => undefined)
    const idle = 'requestIdleCallback' in window ? window.requestIdleCallback(begin) : setTimeout(begin)
    return () => {
      if ('cancelIdleCallback' in window) window.cancelIdleCallback(idle as number)
      else clearTimeout(idle)
      stop.abort()
    }
  }, [client, id, work, mayStart])
}

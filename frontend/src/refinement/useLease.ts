/** Who holds the case: borrowing it, renewing, asking, handing over, and giving it back on leaving. */
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api, ApiError, csrfToken } from '../api/client'
import type { CaseDetail, Lease } from '../api/types'
import { useLive } from '../shell/useLive'
import type { Workplace } from './useWorkplace'

const RENEW_MS = 60_000

export interface Lending {
  /** Who holds the case now; null where nobody does. */
  readonly lease: Lease | null
  /** Why the case was not lent, where the reason is not that somebody else has it. */
  readonly refusal: string | null
  /** Nobody has it, and it may be taken. */
  readonly isFree: boolean
  /** Name of who took it over while it was mine. */
  readonly lostTo: string | null
  /** I asked the holder, who has not answered; `refused` once they said no. */
  readonly asking: 'no' | 'asked' | 'refused'
  readonly take: () => void
  readonly takeOver: () => void
  readonly ask: () => void
  readonly answer: (handOver: boolean) => void
}

type Place = Workplace & { readonly detail: CaseDetail }

/** Sends verbs on the lease and keeps what the server answers in the case that is shown. */
function useLeaseVerbs(caseId: string) {
  const client = useQueryClient()
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isSettled, setSettled] = useState(false)
  const put = useCallback(
    (lease: Lease | null) => client.setQueryData<CaseDetail>(['case', caseId], (detail) => detail && { ...detail, lease }),
    [client, caseId],
  )
  const send = useCallback(
    async (act: () => Promise<Lease | null>) => {
      try {
        put(await act())
        setRefusal(null)
        setSettled(true)
      } catch (failure) {
        if (!(failure instanceof ApiError) || failure.isOffline || failure.status === 401) return
        if (failure.body.lease) put(failure.body.lease as Lease)
        else setRefusal(failure.message)
        setSettled(true)
      }
    },
    [put],
  )
  const path = `/cases/${caseId}/lease/`
  const verbs = {
    take: useCallback((takeOver: boolean) => send(() => api.post<Lease>(path, { take_over: takeOver })), [send, path]),
    ask: () => send(async () => (await api.post<{ lease: Lease | null }>(`${path}ask/`)).lease),
    answer: (handOver: boolean) => send(async () => (await api.post<{ lease: Lease | null }>(`${path}answer/`, { hand_over: handOver })).lease),
    look: useCallback(() => send(async () => (await api.get<{ lease: Lease | null }>(path)).lease), [send, path]),
  }
  return { ...verbs, refusal, isSettled }
}

/** Borrows the case while it is wanted; what changes hands is told by the live channel. */
export function useLease(place: Place, isOpenForWork: boolean): Lending {
  const { caseId, detail, seat, save } = place
  const lease = detail.lease
  const isMine = lease?.is_me === true
  const isWanted = isOpenForWork && seat.state === 'mine'
  const { take, ask, answer, look, refusal, isSettled } = useLeaseVerbs(caseId)
  useLive(detail.dataset)
  useEffect(() => {
    if (isWanted) void take(false)
  }, [isWanted, take])
  useEffect(() => {
    const timer = setInterval(() => void (isWanted && isMine ? take(false) : look()), RENEW_MS)
    return () => clearInterval(timer)
  }, [isWanted, isMine, take, look])
  useGivingBack(place, isWanted)
  useRegaining(place, isWanted, take)
  const lostTo = useLoss(lease)
  const asking = useAnswer(lease)
  return {
    lease, refusal, lostTo, asking, isFree: isWanted && isSettled && !lease && !refusal && save.kind !== 'lent',
    take: () => void take(false), takeOver: () => void take(true), ask: () => void ask(), answer: (handOver) => void answer(handOver),
  }
}

/** Leaving gives the case back, unless strokes still wait here or another tab goes on with it. */
function useGivingBack({ caseId, detail, save }: Place, isWanted: boolean): void {
  const now = useRef({ lease: detail.lease, isWanted, waiting: save.waiting })
  now.current = { lease: detail.lease, isWanted, waiting: save.waiting }
  useEffect(() => {
    const giveBack = () => {
      const { lease, isWanted, waiting } = now.current
      if (!lease?.is_me || !isWanted || waiting > 0) return
      const headers = { 'X-CSRFToken': csrfToken() }
      const url = `/api/cases/${caseId}/lease/?until=${encodeURIComponent(lease.until)}`
      fetch(url, { method: 'DELETE', headers, keepalive: true, credentials: 'same-origin' }).catch(() => undefined)
    }
    window.addEventListener('pagehide', giveBack)
    return () => {
      window.removeEventListener('pagehide', giveBack)
      giveBack()
    }
  }, [caseId])
}

/**
 * When the case is mine again, strokes that waited are sent and a mask that others may have changed is
 * fetched anew; strokes that wait because nobody holds it make the page borrow it again.
 */
function useRegaining({ detail, save, outbox, reloadMask }: Place, isWanted: boolean, take: (takeOver: boolean) => Promise<void>): void {
  const lease = detail.lease
  const isMine = lease?.is_me === true
  const hadNot = useRef(false)
  const act = useRef({ waiting: save.waiting, outbox, reloadMask })
  act.current = { waiting: save.waiting, outbox, reloadMask }
  useEffect(() => {
    if (lease && !isMine) hadNot.current = true
    if (!isMine || !hadNot.current) return
    hadNot.current = false
    const { waiting, outbox, reloadMask } = act.current
    if (waiting > 0) outbox?.retry()
    else reloadMask()
  }, [lease, isMine])
  const isStuck = save.kind === 'lent' && isWanted
  useEffect(() => {
    if (isStuck) void take(false).then(() => act.current.outbox?.retry())
  }, [isStuck, take])
}

/** Who took the case while it was mine; null once it is mine again or nobody's. */
function useLoss(lease: Lease | null): string | null {
  const [was, setWas] = useState(false)
  const [lostTo, setLostTo] = useState<string | null>(null)
  const isMine = lease?.is_me === true
  if (isMine !== was) {
    setWas(isMine)
    setLostTo(!isMine && lease ? lease.holder_name : null)
  }
  return lease ? lostTo : null
}

function useAnswer(lease: Lease | null): Lending['asking'] {
  const [askedOf, setAskedOf] = useState<string | null>(null)
  const isAsked = lease?.asked_by_me === true
  if (isAsked && askedOf !== lease.taken_at) setAskedOf(lease.taken_at)
  if (isAsked) return 'asked'
  return lease && askedOf === lease.taken_at ? 'refused' : 'no'
}

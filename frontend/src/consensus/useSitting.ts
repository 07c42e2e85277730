/** All that happens in one sitting: which difference is on, what is put off, what is decided. */
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiError, api } from '../api/client'
import type { CaseDetail, ConsensusOut, DisagreementOut, Finding, SettlementOut } from '../api/types'
import { useNextCase } from '../nextCase'
import { inTurn, lastSettled, openOnes, settledOnes, splitByDecider, thresholdOnes } from './compare'

export type Sitting = ReturnType<typeof useSitting>
export type Taken = Exclude<SettlementOut['taken'], 'agreed' | 'adjudicated'>
export type MasksTaken = 'a' | 'b' | 'fused' | 'staple'

export function useSitting(detail: CaseDetail, consensus: ConsensusOut) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [chosen, setChosen] = useState<string | null>(null)
  const [looked, setLooked] = useState<ReadonlySet<string>>(new Set())
  const [isLooking, setLooking] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<string | null>(null)

  const { room } = consensus
  const { own, others } = splitByDecider(openOnes(consensus.disagreements), room.role)
  const byThird = splitByDecider(thresholdOnes(consensus.disagreements), room.role)
  const thresholds = room.role === 'adjudicator' ? [] : byThird.own
  const turn = inTurn(room.role === 'adjudicator' ? [...own, ...byThird.own] : own)
  const elsewhere = [...others, ...byThird.others]
  const settled = settledOnes(consensus.disagreements)
  const looks = thresholds.length > 0 && (isLooking || turn.length === 0)
  const listed = looks ? thresholds : turn
  const reachable = [...listed, ...elsewhere, ...settled]
  const active = consensus.disagreements.find((entry) => entry.id === chosen) ?? reachable[0] ?? null

  const takesPart = detail.stage === 'consensus' && consensus.may_settle

  const select = (id: string) => {
    setChosen(id)
    setLooked((before) => new Set([...before, id]))
  }
  const step = (by: 1 | -1) => {
    const at = reachable.findIndex((entry) => entry.id === active?.id)
    const next = reachable[Math.min(Math.max(at + by, 0), reachable.length - 1)]
    if (next) select(next.id)
  }
  const attempt = async (act: () => Promise<void>) => {
    if (isBusy) return
    setBusy(true)
    setTrouble(null)
    try {
      await act()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setTrouble([error.message, ...error.problems.map((problem) => problem.message)].join(' '))
    } finally {
      setBusy(false)
    }
  }
  const take = (fresh: ConsensusOut) => queries.setQueryData(['consensus', detail.id], fresh)
  const afterwards = (entry: DisagreementOut): string | null => {
    const at = listed.findIndex((other) => other.id === entry.id)
    return (listed[at + 1] ?? listed.find((other) => other.id !== entry.id))?.id ?? null
  }
  const settleMasks = (entry: DisagreementOut, taken: MasksTaken, remark: string) =>
    attempt(async () => {
      const next = afterwards(entry)
      take(await api.post<ConsensusOut>(`/disagreements/${entry.id}/settle_masks/`, { taken, remark }))
      setChosen(next)
    })
  const settle = (entry: DisagreementOut, taken: Taken, more: { finding?: Partial<Finding>; remark?: string } = {}) =>
    attempt(async () => {
      const next = entry.masks && !entry.masks.settled ? entry.id : afterwards(entry)
      take(await api.post<ConsensusOut>(`/disagreements/${entry.id}/settle/`, { taken, ...more }))
      setChosen(next)
    })
  const reopen = (entry: DisagreementOut) =>
    attempt(async () => {
      const act = lastSettled(entry) === 'masks' ? 'reopen_masks' : 'reopen'
      take(await api.post<ConsensusOut>(`/disagreements/${entry.id}/${act}/`))
      setChosen(entry.id)
    })
  /** Sends an act on one difference; the next one is on afterwards. */
  const turnOf = (entry: DisagreementOut, act: 'defer' | 'ask' | 'take_back', body?: object) =>
    attempt(async () => {
      const next = act === 'take_back' ? entry.id : afterwards(entry)
      take(await api.post<ConsensusOut>(`/disagreements/${entry.id}/${act}/`, body))
      setChosen(next)
    })
  const defer = (entry: DisagreementOut) => turnOf(entry, 'defer')
  const ask = (entry: DisagreementOut, note: string) => turnOf(entry, 'ask', { note })
  const takeBack = (entry: DisagreementOut) => turnOf(entry, 'take_back')
  const movePen = () =>
    attempt(async () => {
      const act = room.pen === 'mine' ? 'hand_over' : 'take'
      const fresh = await api.post<ConsensusOut['room']>(`/cases/${detail.id}/consensus/pen/`, { act })
      take({ ...consensus, room: fresh })
    })
  const lookThrough = () => {
    setLooking(true)
    if (thresholds[0]) select(thresholds[0].id)
  }
  const confirmThresholds = () =>
    attempt(async () => {
      take(await api.post<ConsensusOut>(`/cases/${detail.id}/consensus/confirm_threshold/`))
      setLooking(false)
      setChosen(null)
    })
  const settleCase = () =>
    attempt(async () => {
      queries.setQueryData(['case', detail.id], await api.post(`/cases/${detail.id}/moves/`, { move: 'settle' }))
      await queries.invalidateQueries({ queryKey: ['consensus', detail.id] })
    })
  const toWorklist = () => navigate({ to: '/d/$dataset/worklist', params: { dataset: detail.dataset } })
  const { go: nextCase } = useNextCase(detail, { mayPrefetch: true, isDone: detail.stage === 'final' })
  return {
    consensus,
    active,
    turn,
    thresholds,
    settled,
    elsewhere,
    isLooking: looks,
    mayStopLooking: turn.length > 0,
    unlooked: thresholds.filter((entry) => !looked.has(entry.id) && entry.id !== active?.id).length,
    isBusy,
    trouble,
    takesPart,
    isOpen: detail.stage === 'consensus',
    maySign: takesPart && room.i_sign && !room.i_signed && consensus.open === 0 && !isBusy,
    /** The person may decide the difference that is on, now. */
    mayDecide: takesPart && room.pen !== 'anothers' && (active === null || !elsewhere.includes(active)),
    /** Others are here to hand the pen to. */
    mayHandOver: room.pen === 'mine' && room.people.some((one) => !one.is_me && one.role !== 'onlooker'),
    select,
    step,
    settle,
    settleMasks,
    reopen,
    defer,
    ask,
    takeBack,
    movePen,
    lookThrough,
    stopLooking: () => {
      setLooking(false)
      setChosen(null)
    },
    confirmThresholds,
    settleCase,
    toWorklist,
    nextCase,
  }
}

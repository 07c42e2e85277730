import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiError, api } from '../api/client'
import type { CaseDetail } from '../api/types'
import { missing } from '../grading/findings'
import { useNextCase } from '../nextCase'
import type { Desk, SaidOfCase } from './useDesk'

export interface Told {
  readonly kind: 'filled' | 'missing' | 'refused' | 'note'
  /** Vertebrae it is about. */
  readonly numbers: readonly number[]
  readonly unseen: readonly number[]
  readonly text: string
}

export type Acts = ReturnType<typeof useActs>

/** The acts of the bar, and what they have to tell. */
export function useActs(desk: Desk, detail: CaseDetail) {
  const [told, setTold] = useState<Told | null>(null)
  const [isBusy, setBusy] = useState(false)
  const queries = useQueryClient()
  const navigate = useNavigate()

  const attempt = async (act: () => Promise<Told | null>) => {
    if (isBusy) return
    setBusy(true)
    try {
      setTold(await act())
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const text = [error.message, ...error.problems.map((problem) => problem.message)].join(' ')
      const numbers = error.problems.flatMap((problem) => (problem.number === null ? [] : [problem.number]))
      setTold({ kind: 'refused', text, numbers, unseen: [] })
    } finally {
      setBusy(false)
    }
  }
  const fillNormal = () => attempt(async () => ({ kind: 'filled', text: '', ...(await desk.fillNormal()) }))
  const submit = () =>
    attempt(async () => {
      const open = missing(desk.findings).map((finding) => finding.number)
      if (open[0] !== undefined) {
        desk.select(open[0])
        return { kind: 'missing', numbers: open, unseen: [], text: '' }
      }
      await desk.submit()
      await queries.invalidateQueries({ queryKey: ['case', detail.id] })
      return null
    })
  const sayOfCase = (said: SaidOfCase) =>
    attempt(async () => {
      await desk.sayOfCase(said)
      return null
    })
  /** Puts something on the screen that no act of the server caused. */
  const tell = (text: string) => setTold({ kind: 'note', text, numbers: [], unseen: [] })
  const toWorklist = () => navigate({ to: '/d/$dataset/worklist', params: { dataset: detail.dataset } })
  const toOwnMask = () => navigate({ to: '/c/$case/mask', params: { case: detail.id } })
  const { go: nextCase } = useNextCase(detail, { mayPrefetch: true, isDone: !desk.isOpen, waiting: desk.drafts.waiting })
  const sendBack = (reason: string, note: string) =>
    attempt(async () => {
      await api.post(`/cases/${detail.id}/moves/`, { move: 'return_from_reading', reason, note })
      await toWorklist()
      return null
    })
  const forget = () => setTold(null)
  return { told, forget, isBusy, fillNormal, submit, sayOfCase, tell, nextCase, toWorklist, toOwnMask, sendBack }
}

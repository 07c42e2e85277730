/** Being in the room of a sitting: said again and again while the page is open; who holds the pen. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ApiError, api, send } from '../api/client'
import type { CaseDetail, ConsensusOut } from '../api/types'

/** The server counts a person as gone after three times as long. */
const BEAT_MS = 15_000

export type Room = ConsensusOut['room']

/** Keeps the person in the room while `isOpen`, and the room on screen up to date. */
export function usePresence(detail: CaseDetail, isOpen: boolean): void {
  const queries = useQueryClient()
  const { id } = detail
  useEffect(() => {
    if (!isOpen) return
    const path = `/cases/${id}/consensus/presence/`
    const beat = async () => {
      try {
        const room = await api.post<Room>(path)
        queries.setQueryData<ConsensusOut>(['consensus', id], (before) => before && { ...before, room })
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
      }
    }
    const leave = () => void send('DELETE', `/api${path}`, { keepalive: true }).catch(() => undefined)
    void beat()
    const timer = window.setInterval(() => void beat(), BEAT_MS)
    window.addEventListener('pagehide', leave)
    return () => {
      window.clearInterval(timer)
      window.removeEventListener('pagehide', leave)
      leave()
    }
  }, [id, isOpen, queries])
}

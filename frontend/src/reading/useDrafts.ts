import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError, api } from '../api/client'
import type { Finding } from '../api/types'
import { Drafts, type DraftState, Refused } from './drafts'

interface Doors {
  readonly stored: (finding: Finding) => void
  readonly rejected: (number: number) => void
}

const QUIET: DraftState = { waiting: 0, cutOffSince: null, refused: null }

/** Sends the changes of one reading; warns before the page is left while some are not stored. */
export function useDrafts(reading: string, doors: Doors): { drafts: Drafts; state: DraftState } {
  const [state, setState] = useState(QUIET)
  const latest = useRef(doors)
  latest.current = doors
  const send = useCallback(
    async (number: number, change: Partial<Finding>) => {
      try {
        return await api.put<Finding>(`/readings/${reading}/findings/${number}/`, change)
      } catch (error) {
        if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 401) {
          throw new Refused(error.problems[0]?.message ?? error.message)
        }
        throw error
      }
    },
    [reading],
  )
  const [drafts] = useState(
    () =>
      new Drafts({
        send,
        stored: (finding) => latest.current.stored(finding),
        changed: setState,
        rejected: (number) => latest.current.rejected(number),
        wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
        now: () => new Date(),
      }),
  )
  useEffect(() => {
    if (state.waiting === 0) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [state.waiting])
  return { drafts, state }
}

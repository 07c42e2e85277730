import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { Seat, type SeatState } from '../bridge'

export interface SeatHere {
  /** `mine`: this tab works on the case. `elsewhere`: another tab of this browser does. */
  readonly state: SeatState
  readonly take: () => void
}

/** The one tab of this browser in which a person works on a case; pass null while they are not known. */
export function useSeat(owner: string | null, caseId: string): SeatHere {
  const [seat, setSeat] = useState<Seat | null>(null)
  useEffect(() => {
    if (owner === null) return
    const taken = new Seat(`${owner} ${caseId}`)
    setSeat(taken)
    return () => {
      setSeat(null)
      taken.leave()
    }
  }, [owner, caseId])
  const subscribe = useCallback((listener: () => void) => seat?.subscribe(listener) ?? (() => undefined), [seat])
  const state = useSyncExternalStore(subscribe, () => seat?.state ?? 'asking')
  return { state, take: useCallback(() => seat?.take(), [seat]) }
}

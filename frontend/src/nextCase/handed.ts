import { useEffect } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Stage } from '../api/types'

/** A case that was just handed over, and what is said of it. */
export interface Handed {
  readonly id: string
  readonly text: string
  /** The stage it was handed over from. */
  readonly stage: Stage
}

const store = createStore<{ handed: Handed | null }>(() => ({ handed: null }))

export const noteHanded = (handed: Handed): void => store.setState({ handed })

/** What is said of a case that was just handed over, until its screen is left. */
export function useHanded(id: string): Handed | null {
  useEffect(() => () => store.setState({ handed: null }), [id])
  const handed = useStore(store, (state) => state.handed)
  return handed?.id === id ? handed : null
}

import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useCallback, useSyncExternalStore } from 'react'
import { LiveConnection, type LiveState } from './live'
import { applyMessage } from './liveCache'

const LINGER_MS = 2_000
const START: LiveState = { at: 'connecting', since: null }

interface Shared {
  connection: LiveConnection
  listeners: Set<() => void>
  closing: number | undefined
}

const open = new Map<string, Shared>()

function sharedOf(client: QueryClient, dataset: string): Shared {
  const found = open.get(dataset)
  if (found) return found
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
    if (connection.state.at === 'connected') void client.invalidateQueries({ queryKey: ['worklist', dataset] })
  }
  const connection: LiveConnection = new LiveConnection(
    dataset,
    (message) => applyMessage(client, dataset, message),
    tell,
  )
  const shared: Shared = { connection, listeners, closing: undefined }
  open.set(dataset, shared)
  connection.open()
  return shared
}

function closeLater(dataset: string, shared: Shared): void {
  shared.closing = window.setTimeout(() => {
    shared.connection.close()
    open.delete(dataset)
  }, LINGER_MS)
}

/** Keeps a data set's screens up to date and says how the connection is; one socket for all screens. */
export function useLive(dataset: string): LiveState {
  const client = useQueryClient()
  const subscribe = useCallback(
    (listener: () => void) => {
      if (dataset === '') return () => undefined
      const shared = sharedOf(client, dataset)
      window.clearTimeout(shared.closing)
      shared.listeners.add(listener)
      return () => {
        shared.listeners.delete(listener)
        if (shared.listeners.size === 0) closeLater(dataset, shared)
      }
    },
    [client, dataset],
  )
  return useSyncExternalStore(subscribe, () => open.get(dataset)?.connection.state ?? START)
}

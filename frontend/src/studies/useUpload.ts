import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api, ApiError } from '../api/client'
import type { ImportOut } from '../api/types'
import { isWanted, parcels } from './collectFiles'
import { importsKey } from './queries'
import { sendParcel } from './sendFiles'

const TRIES = 6
const PAUSE_MS = 2_000

export interface Upload {
  state: 'idle' | 'sending' | 'retrying' | 'failed'
  files: number
  filesDone: number
  bytes: number
  bytesDone: number
  error: Error | null
}

/** Where the front lies in radiographs that do not say it. */
export type Front = 'left' | 'right'

interface Delivery {
  id: string
  waiting: File[][]
}

const NOTHING: Upload = { state: 'idle', files: 0, filesDone: 0, bytes: 0, bytesDone: 0, error: null }
const sizeOf = (files: readonly File[]) => files.reduce((sum, file) => sum + file.size, 0)
const pause = (ms: number) => new Promise((resolve) => window.setTimeout(resolve, ms))

function useWarnBeforeLeaving(isSending: boolean): void {
  useEffect(() => {
    if (!isSending) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isSending])
}

/** Sends files as one delivery, parcel by parcel; a lost connection only makes it wait and try again. */
export function useUpload(dataset: string, onRead: (delivery: string) => void) {
  const client = useQueryClient()
  const [upload, setUpload] = useState(NOTHING)
  const [front, setFront] = useState<Front | null>(null)
  const delivery = useRef<Delivery | null>(null)
  const isSending = upload.state === 'sending' || upload.state === 'retrying'
  useWarnBeforeLeaving(isSending)

  const sendOne = async (id: string, files: File[], sentBefore: number) => {
    for (let failures = 0; ; failures += 1) {
      try {
        return await sendParcel(`/api/imports/${id}/files/`, files, (sent) =>
          setUpload((old) => ({ ...old, state: 'sending', bytesDone: sentBefore + Math.min(sent, sizeOf(files)) })),
        )
      } catch (error) {
        if (!(error instanceof ApiError && error.isOffline) || failures >= TRIES) throw error
        setUpload((old) => ({ ...old, state: 'retrying' }))
        await pause(PAUSE_MS * (failures + 1))
      }
    }
  }

  const sendRest = async (open: Delivery, doneBefore: number) => {
    let bytes = doneBefore
    for (let next = open.waiting[0]; next; next = open.waiting[0]) {
      await sendOne(open.id, next, bytes)
      open.waiting.shift()
      bytes += sizeOf(next)
      const sent = next.length
      setUpload((old) => ({ ...old, filesDone: old.filesDone + sent, bytesDone: bytes }))
    }
    await api.post<ImportOut>(`/imports/${open.id}/finish/`, front ? { front } : undefined)
    delivery.current = null
    await client.invalidateQueries({ queryKey: importsKey(dataset) })
    onRead(open.id)
    setUpload(NOTHING)
  }

  const run = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      setUpload((old) => ({ ...old, state: 'failed', error: error instanceof Error ? error : new Error(String(error)) }))
    }
  }

  const start = (given: File[]) =>
    run(async () => {
      const files = given.filter(isWanted)
      if (files.length === 0 || isSending) return
      setUpload({ ...NOTHING, state: 'sending', files: files.length, bytes: sizeOf(files) })
      const made = await api.post<ImportOut>(`/datasets/${dataset}/imports/`)
      delivery.current = { id: made.id, waiting: parcels(files) }
      await sendRest(delivery.current, 0)
    })

  const goOn = () =>
    run(async () => {
      const open = delivery.current
      if (!open) return setUpload(NOTHING)
      setUpload((old) => ({ ...old, state: 'sending', error: null }))
      await sendRest(open, upload.bytes - open.waiting.reduce((sum, files) => sum + sizeOf(files), 0))
    })

  const dismiss = () => {
    delivery.current = null
    setUpload(NOTHING)
  }

  return { upload, isSending, front, setFront, start, goOn, dismiss }
}

/** Which levels a person has looked through: kept by the server, and in this browser until it has them. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { api, ApiError, onSignedIn } from '../api/client'
import type { Ticked } from '../api/types'
import type { MaskHome } from '../bridge'
import type { SpineView } from '../viewer'
import { journalOf } from './useMask'

interface Tick {
  readonly number: number
  readonly done: boolean
  /** The last act made or seen when it was ticked. */
  readonly sequence: number
}

const RETRY_MS = 20_000
const keyOf = (place: string) => `lamina.ticks/2.${place}`
/** What earlier pages kept for good in this browser: numbers ticked, by whomever. */
const oldKeyOf = (place: string) => `lamina.done/1.${place.split(' ')[1]}`

function readWaiting(place: string): Tick[] {
  const old = JSON.parse(localStorage.getItem(oldKeyOf(place)) ?? '[]') as number[]
  const waiting = JSON.parse(localStorage.getItem(keyOf(place)) ?? '[]') as Tick[]
  return [...old.map((number) => ({ number, done: true, sequence: 0 })), ...waiting]
}

function writeWaiting(place: string, ticks: readonly Tick[]): void {
  localStorage.removeItem(oldKeyOf(place))
  if (ticks.length > 0) localStorage.setItem(keyOf(place), JSON.stringify(ticks))
  else localStorage.removeItem(keyOf(place))
}

const withTicks = (numbers: readonly number[], ticks: readonly Tick[]): ReadonlySet<number> => {
  const done = new Set(numbers)
  for (const { number, done: isDone } of ticks) {
    if (isDone) done.add(number)
    else done.delete(number)
  }
  return done
}

/** Ticks that the server refuses for good (the case has moved on) are let go; others wait. */
const isOver = (failure: unknown) => failure instanceof ApiError && failure.status >= 400 && ![401, 408, 429].includes(failure.status) && failure.status < 500

/**
 * The numbers ticked, and the way to tick. Voxels of a vertebra that change later take its tick back, here
 * at once and on the server with the act.
 *
 * @param home where the mask lies; of an own mask the ticks stay in this browser.
 * @param owner who ticks; ticks that wait in this browser are theirs alone.
 * @param lastAct number of the last act made or seen.
 */
export function useLevelsDone(home: MaskHome, owner: string, view: SpineView | null, lastAct: () => number) {
  const place = `${owner} ${journalOf(home)}`
  const isKept = home.startsWith('cases/')
  const client = useQueryClient()
  const key = ['levels-done', home]
  const kept = useQuery({ queryKey: key, enabled: isKept, queryFn: ({ signal }) => api.get<Ticked>(`/${home}/levels-done/`, signal), staleTime: 30_000 })
  const [waiting, setWaiting] = useState<readonly Tick[]>(() => readWaiting(place))
  useEffect(() => setWaiting(readWaiting(place)), [place])
  const remember = useCallback((ticks: readonly Tick[]) => {
    writeWaiting(place, ticks)
    setWaiting(ticks)
  }, [place])
  const first = waiting[0]
  useEffect(() => {
    if (!first || !isKept) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = async () => {
      clearTimeout(timer)
      try {
        client.setQueryData(key, await api.post<Ticked>(`/${home}/levels-done/`, first))
        setWaiting((now) => drop(place, now, first))
      } catch (failure) {
        if (isOver(failure)) setWaiting((now) => drop(place, now, first))
        else timer = setTimeout(() => void flush(), RETRY_MS)
      }
    }
    void flush()
    const end = onSignedIn(() => void flush())
    return () => {
      clearTimeout(timer)
      end()
    }
  }, [home, isKept, place, client, first])
  useEffect(() => view?.editor.onAct(({ runs }) => {
    const touched = new Set([...runs.old, ...runs.new])
    client.setQueryData<Ticked>(key, (now) => now && { numbers: now.numbers.filter((number) => !touched.has(number)) })
    setWaiting((now) => (now.some((tick) => tick.done && touched.has(tick.number)) ? keepOnly(place, now, touched) : now))
  }), [view, place, client])
  const change = (number: number, done: boolean) => remember([...waiting, { number, done, sequence: lastAct() }])
  return { done: withTicks(kept.data?.numbers ?? [], waiting), change }
}

function drop(place: string, now: readonly Tick[], one: Tick): readonly Tick[] {
  const left = now.filter((tick) => tick !== one)
  writeWaiting(place, left)
  return left
}

function keepOnly(place: string, now: readonly Tick[], touched: ReadonlySet<number>): readonly Tick[] {
  const left = now.filter((tick) => !(tick.done && touched.has(tick.number)))
  writeWaiting(place, left)
  return left
}

/** Seeing what others change on a mask that is not mine to change now. */
import { useEffect, useRef, useState } from 'react'
import { api, ApiError } from '../api/client'
import { applyRuns, BaseMismatch, fetchAct, fetchMask, type MaskHome } from '../bridge'
import { LevelMismatch, levelsAfter, type SpineView } from '../viewer'

const LOOK_MS = 1_500

export interface Watch {
  readonly isWatching: boolean
  readonly setWatching: (isWatching: boolean) => void
}

interface Followed {
  /** The act that the mask on screen stands at; null until it is there. */
  sequence: number | null
}

/** Shows the mask as the server has it. */
async function show(home: MaskHome, view: SpineView, followed: Followed, signal: AbortSignal): Promise<void> {
  const mask = await fetchMask(home, { signal })
  if (signal.aborted) return
  view.setLevels(mask.levels)
  view.setLabels(mask.labels)
  followed.sequence = mask.lastSequence
}

/** Does on screen what others have done since; a mask that cannot follow is fetched whole. */
async function follow(home: MaskHome, view: SpineView, followed: Followed, signal: AbortSignal): Promise<void> {
  if (followed.sequence === null) return show(home, view, followed, signal)
  const newer = await api.get<{ sequence: number }[]>(`/${home}/acts/?since=start&after=${followed.sequence}`, signal)
  for (const { sequence } of newer) {
    const act = await fetchAct(home, sequence, signal)
    if (signal.aborted || !view.labelMap) return
    try {
      const levels = levelsAfter(view.state.getState().levels, act.levels)
      applyRuns(view.labelMap, act.runs)
      view.setLevels(levels)
    } catch (cause) {
      if (!(cause instanceof BaseMismatch || cause instanceof LevelMismatch)) throw cause
      return show(home, view, followed, signal)
    }
    followed.sequence = sequence
  }
  if (newer.length > 0) view.redrawLabels()
}

/**
 * Shows a mask that somebody else works on, or that this person works on in another tab, and follows it.
 *
 * @param isOn whether the mask on screen is not this page's own to change.
 */
export function useWatch(home: MaskHome, view: SpineView | null, isOn: boolean): Watch {
  const [isWatching, setWatching] = useState(true)
  const followed = useRef<Followed>({ sequence: null })
  useEffect(() => {
    followed.current = { sequence: null }
  }, [home, view, isOn])
  useEffect(() => {
    if (!view || !isOn || !isWatching) return
    const stop = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = async () => {
      try {
        await follow(home, view, followed.current, stop.signal)
      } catch (cause) {
        if (!(cause instanceof ApiError) && !stop.signal.aborted) throw cause
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void look(), LOOK_MS)
    }
    void look()
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [home, view, isOn, isWatching])
  return { isWatching, setWatching }
}

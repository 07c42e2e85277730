/** How a person likes to look, kept in this browser for each person. */
import { useEffect } from 'react'
import type { SpineView, ViewState } from '../viewer'
import type { Order } from './levels'

type Liked = Partial<Pick<ViewState, 'panes' | 'alone' | 'several' | 'fill' | 'outlineOnly' | 'window' | 'preset' | 'ownWindow'>>
/** A radiograph has one pane, and a window fitted to its picture. */
const LIKED_FLAT = ['fill', 'outlineOnly'] as const
const LIKED = ['panes', 'alone', 'several', 'fill', 'outlineOnly', 'window', 'preset', 'ownWindow'] as const
const REST_MS = 300

const keyOf = (what: string, user: number | undefined) => `lamina.${what}/1.${user ?? 0}`

function read<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as T | null
  } catch {
    localStorage.removeItem(key)
    return null
  }
}

/** A browser without room forgets what is liked; nothing else depends on it. */
function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause
  }
}

/** Takes up panes, window, fill and outline as this person left them, and keeps them when they change. */
export function useViewPrefs(view: SpineView, user: number | undefined): void {
  useEffect(() => {
    const names = view.isFlat ? LIKED_FLAT : LIKED
    const key = keyOf(view.isFlat ? 'radiograph' : 'view', user)
    const liked = read<Liked>(key)
    if (liked) view.like(liked)
    let timer: ReturnType<typeof setTimeout> | undefined
    const keep = () => {
      clearTimeout(timer)
      if (timer === undefined) return
      timer = undefined
      const now = view.state.getState()
      write(key, Object.fromEntries(names.map((name) => [name, now[name]])))
    }
    const end = view.state.subscribe((now, before) => {
      if (names.every((name) => now[name] === before[name])) return
      clearTimeout(timer)
      timer = setTimeout(keep, REST_MS)
    })
    // What was chosen just before the page is left counts too.
    window.addEventListener('pagehide', keep)
    return () => {
      window.removeEventListener('pagehide', keep)
      keep()
      end()
    }
  }, [view, user])
}

export const orderLiked = (user: number | undefined): Order => (read<Order>(keyOf('order', user)) === 'anatomy' ? 'anatomy' : 'worst')
export const likeOrder = (user: number | undefined, order: Order): void => write(keyOf('order', user), order)

import { type PointerEvent, useEffect, useRef, useState } from 'react'
import type { Box } from './plane'
import type { GreyWindow } from './resample'
import { fitted, moved, type Size, type View, zoomed } from './view'

const FLIGHT_MS = 150

interface Wishes {
  readonly focus: Box
  readonly focusKey: string
  readonly size: Size | null
  readonly bodies: number | undefined
  readonly onLeaf: ((steps: number) => void) | undefined
  readonly grey: GreyWindow
  readonly setGrey: (grey: GreyWindow) => void
}

type Place = { clientX: number; clientY: number; currentTarget: Element }

/** The view of a pane: flies to its focus, and follows wheel and drags. */
export function useView({ focus, focusKey, size, bodies, onLeaf, grey, setGrey }: Wishes) {
  const [view, setView] = useState<View | null>(null)
  const latest = useRef(view)
  latest.current = view
  const flight = useRef(0)
  const drag = useRef<{ x: number; y: number; button: number } | null>(null)
  const fingers = useRef(new Map<number, readonly [number, number]>())

  const fittedFor = useRef<{ key: string; size: Size } | null>(null)
  // The focus itself moves while a point is dragged; only another key is a reason to go there, and a
  // panel that grows by a line is none.
  useEffect(() => {
    if (size === null) return
    const before = fittedFor.current
    if (before !== null && before.key === focusKey && isAlike(before.size, size)) return
    fittedFor.current = { key: focusKey, size }
    const to = fitted(focus, size, bodies)
    const from = latest.current
    if (from === null || prefersStillness()) return setView(to)
    return fly(from, to, setView, flight)
  }, [focusKey, size?.width, size?.height, bodies])

  const pixelOf = (event: Place): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }
  const onWheel = (event: WheelEvent) => {
    event.preventDefault()
    if (size === null || view === null) return
    const target = { clientX: event.clientX, clientY: event.clientY, currentTarget: event.currentTarget as Element }
    if (event.ctrlKey || event.metaKey) setView(zoomed(view, size, pixelOf(target), Math.exp(-event.deltaY / 400)))
    else if (onLeaf) onLeaf(Math.sign(event.deltaY))
    else setView(moved(view, [0, -event.deltaY / 2]))
  }
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if ((event.target as Element).closest('button')) return
    cancelAnimationFrame(flight.current)
    event.currentTarget.setPointerCapture(event.pointerId)
    if (event.pointerType === 'touch') fingers.current.set(event.pointerId, pixelOf(event))
    drag.current = { x: event.clientX, y: event.clientY, button: event.button }
  }
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (fingers.current.size === 2 && fingers.current.has(event.pointerId)) return pinch(event)
    if (fingers.current.has(event.pointerId)) fingers.current.set(event.pointerId, pixelOf(event))
    const from = drag.current
    if (from === null || view === null) return
    const by: [number, number] = [event.clientX - from.x, event.clientY - from.y]
    drag.current = { ...from, x: event.clientX, y: event.clientY }
    if (from.button !== 2) return setView(moved(view, by))
    setGrey({ center: grey.center + 2 * by[1], width: Math.max(50, grey.width + 4 * by[0]) })
  }
  /** Two fingers move the picture with them and zoom by their distance. */
  const pinch = (event: PointerEvent<HTMLElement>) => {
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1]
    const before = fingers.current.get(event.pointerId)
    const { current } = latest
    if (other === undefined || before === undefined || current === null || size === null) return
    const now = pixelOf(event)
    fingers.current.set(event.pointerId, now)
    const apart = (a: readonly [number, number]) => Math.max(Math.hypot(a[0] - other[0], a[1] - other[1]), 1)
    const panned = moved(current, [(now[0] - before[0]) / 2, (now[1] - before[1]) / 2])
    const middle = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2] as const
    const to = zoomed(panned, size, middle, apart(now) / apart(before))
    latest.current = to
    setView(to)
  }
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    fingers.current.delete(event.pointerId)
    drag.current = null
  }
  return { view, gestures: { onWheel, onPointerDown, onPointerMove, onPointerUp } }
}

const MUCH = 1.25

/** Whether a pane has kept its size but for a little. */
function isAlike(a: Size, b: Size): boolean {
  const [wider, higher] = [a.width / b.width, a.height / b.height]
  return [wider, 1 / wider, higher, 1 / higher].every((ratio) => ratio < MUCH)
}

const prefersStillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches

function fly(from: View, to: View, show: (view: View) => void, flight: { current: number }): () => void {
  const start = performance.now()
  const step = (now: number) => {
    const t = Math.min(1, (now - start) / FLIGHT_MS)
    const eased = 1 - (1 - t) ** 3
    const between = (a: number, b: number) => a + eased * (b - a)
    show({
      centreX: between(from.centreX, to.centreX),
      centreY: between(from.centreY, to.centreY),
      scale: between(from.scale, to.scale),
    })
    if (t < 1) flight.current = requestAnimationFrame(step)
  }
  flight.current = requestAnimationFrame(step)
  return () => cancelAnimationFrame(flight.current)
}

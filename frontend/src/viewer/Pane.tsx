import { type PointerEvent, useEffect, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { Vec3 } from '../domain/geometry'
import { CoarsePane } from './CoarsePane'
import { Hand, pixelOf } from './hand'
import { PaneOverlay } from './PaneOverlay'
import type { Plane } from './planes'
import type { SpineView } from './spineView'

/** A numbered mark in the picture, such as a problem. */
export interface Pin {
  readonly id: string
  readonly mm: Vec3
  readonly text: string
  /** A problem's ring is red, a person's remark's is neutral. */
  readonly tone?: 'problem' | 'note'
  /** What stands in it; its place among all without. */
  readonly sign?: string
}

interface Props {
  readonly view: SpineView
  readonly plane: Plane
  readonly pins: readonly Pin[]
  readonly element: (element: HTMLDivElement | null) => void
}

const ZOOM_PER_PIXEL = 0.0015
/** A notch of a mouse wheel is one slice; trackpads send many small steps. */
const PIXELS_PER_SLICE = 50

export function Pane({ view, plane, pins, element }: Props) {
  const pane = useRef<HTMLDivElement>(null)
  const hand = useHand(view, plane)
  useWheel(view, plane, pane)
  const { isActive, isDrawn, isBusy, tool } = useStore(
    view.state,
    useShallow((state) => ({ isActive: state.activePane === plane, isDrawn: state.isDrawn, isBusy: state.isBusy, tool: state.tool })),
  )
  const isFilled = useStore(view.source.loading, (state) => state.isFilled)
  return (
    <div
      ref={pane}
      className="spine-pane"
      data-plane={plane}
      data-active={isActive}
      data-tool={tool}
      data-busy={isBusy}
      onContextMenu={(event) => event.preventDefault()}
      onPointerLeave={() => view.state.setState({ cursor: null })}
      {...hand}
    >
      <div ref={element} className="spine-canvas" />
      {!(isDrawn && isFilled) && <CoarsePane view={view} plane={plane} />}
      <PaneOverlay view={view} plane={plane} pins={pins} />
    </div>
  )
}

function useHand(view: SpineView, plane: Plane) {
  const hand = useMemo(() => new Hand(view, plane), [view, plane])
  return {
    onPointerDown: (event: PointerEvent) => hand.down(event.nativeEvent, event.currentTarget),
    onPointerMove: (event: PointerEvent) => hand.move(event.nativeEvent, event.currentTarget),
    onPointerUp: (event: PointerEvent) => hand.up(event.nativeEvent, event.currentTarget),
    onPointerCancel: (event: PointerEvent) => hand.lost(event.nativeEvent),
  }
}

/** Wheel events must be taken before the browser zooms the page, which React's listener can't do. */
function useWheel(view: SpineView, plane: Plane, pane: React.RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const element = pane.current
    if (!element) return
    let rest = 0
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      if (event.ctrlKey) return view.zoom(plane, pixelOf(event, element), Math.exp(-event.deltaY * ZOOM_PER_PIXEL))
      const isNotch = event.deltaMode !== WheelEvent.DOM_DELTA_PIXEL || Math.abs(event.deltaY) >= PIXELS_PER_SLICE
      rest = isNotch ? Math.sign(event.deltaY) * PIXELS_PER_SLICE : rest + event.deltaY
      if (Math.abs(rest) < PIXELS_PER_SLICE) return
      view.scroll(plane, Math.sign(rest))
      rest = 0
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [view, plane, pane])
}

import { type PointerEvent, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { Vec3 } from '../domain/geometry'
import { PaneOverlay } from './PaneOverlay'
import type { Plane } from './planes'
import { CoarsePane } from './CoarsePane'
import type { SpineView } from './spineView'

/** A numbered mark in the picture, such as a problem. */
export interface Pin {
  readonly id: string
  readonly mm: Vec3
  readonly text: string
}

interface Props {
  readonly view: SpineView
  readonly plane: Plane
  readonly pins: readonly Pin[]
  readonly element: (element: HTMLDivElement | null) => void
}

const ZOOM_PER_PIXEL = 0.0015
const HU_PER_PIXEL = 4

/** Pixels from the pane's upper left corner. */
function pixelOf(event: { clientX: number; clientY: number }, pane: Element): [number, number] {
  const box = pane.getBoundingClientRect()
  return [event.clientX - box.left, event.clientY - box.top]
}

export function Pane({ view, plane, pins, element }: Props) {
  const pane = useRef<HTMLDivElement>(null)
  const drag = useDrag(view, plane)
  useWheel(view, plane, pane)
  const { isActive, isDrawn, tool } = useStore(
    view.state,
    useShallow((state) => ({ isActive: state.activePane === plane, isDrawn: state.isDrawn, tool: state.tool })),
  )
  const isFilled = useStore(view.source.loading, (state) => state.isFilled)
  return (
    <div
      ref={pane}
      className="spine-pane"
      data-plane={plane}
      data-active={isActive}
      data-tool={tool}
      onContextMenu={(event) => event.preventDefault()}
      onPointerLeave={() => view.state.setState({ cursor: null })}
      {...drag}
    >
      <div ref={element} className="spine-canvas" />
      {!(isDrawn && isFilled) && <CoarsePane view={view} plane={plane} />}
      <PaneOverlay view={view} plane={plane} pins={pins} />
    </div>
  )
}

type Act = 'paint' | 'look' | 'window' | 'pan'

function actOf(event: PointerEvent, tool: string): Act | null {
  if (event.button === 1) return 'pan'
  if (event.button === 2) return 'window'
  if (event.button !== 0) return null
  const isPainting = (tool === 'brush' || tool === 'eraser') && !event.shiftKey
  return isPainting ? 'paint' : 'look'
}

function useDrag(view: SpineView, plane: Plane) {
  const act = useRef<Act | null>(null)
  const last = useRef<[number, number]>([0, 0])

  const at = (event: PointerEvent) => {
    const pixel = pixelOf(event, event.currentTarget)
    return { pixel, mm: view.canvasToWorld(plane, pixel) }
  }

  const onPointerDown = (event: PointerEvent) => {
    const { pixel, mm } = at(event)
    const { tool, activePane } = view.state.getState()
    act.current = actOf(event, tool)
    if (!act.current || !mm) return
    event.preventDefault()
    if (activePane !== plane) view.setActivePane(plane)
    event.currentTarget.setPointerCapture(event.pointerId)
    last.current = pixel
    if (act.current === 'paint') view.editor.begin(plane, mm, tool === 'eraser' || event.ctrlKey)
    else if (act.current === 'look') look(view, mm, tool === 'pick' && !event.shiftKey)
  }

  const onPointerMove = (event: PointerEvent) => {
    const { pixel, mm } = at(event)
    if (!mm) return
    view.state.setState({ cursor: { plane, pixel, mm } })
    const [dx, dy] = [pixel[0] - last.current[0], pixel[1] - last.current[1]]
    last.current = pixel
    if (act.current === 'paint') for (const step of stepsOf(event)) view.editor.moveTo(plane, view.canvasToWorld(plane, step) ?? mm)
    else if (act.current === 'look' && view.state.getState().tool !== 'pick') view.setFocus(mm)
    else if (act.current === 'pan') view.pan(plane, [dx, dy])
    else if (act.current === 'window') dragWindow(view, dx, dy)
  }

  const onPointerUp = () => {
    if (act.current === 'paint') view.editor.end()
    act.current = null
  }

  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp }
}

/** Every place the pointer was since the last event, so that fast strokes follow the hand. */
function stepsOf(event: PointerEvent): [number, number][] {
  const all = event.nativeEvent.getCoalescedEvents?.() ?? []
  return (all.length > 0 ? all : [event.nativeEvent]).map((step) => pixelOf(step, event.currentTarget))
}

function look(view: SpineView, mm: Vec3, isPicking: boolean): void {
  const number = view.voxelAt(mm)?.number ?? 0
  if (!isPicking) return view.setFocus(mm)
  if (number > 0) view.setActive(number)
  view.state.setState({ tool: 'brush' })
}

function dragWindow(view: SpineView, dx: number, dy: number): void {
  const { center, width } = view.state.getState().window
  view.setWindow({ center: center + dy * HU_PER_PIXEL, width: Math.max(1, width + dx * HU_PER_PIXEL) })
}

/** Wheel events must be taken before the browser zooms the page, which React's listener can't do. */
function useWheel(view: SpineView, plane: Plane, pane: React.RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const element = pane.current
    if (!element) return
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      if (event.ctrlKey) view.zoom(plane, pixelOf(event, element), Math.exp(-event.deltaY * ZOOM_PER_PIXEL))
      else if (event.deltaY !== 0) view.scroll(plane, Math.sign(event.deltaY))
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [view, plane, pane])
}

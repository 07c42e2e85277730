import { type PointerEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { letterOf } from '../../domain/geometry'
import { colourOf, rgbOf } from '../../domain/levelColours'
import type { SpineView } from '../spineView'
import { SurfaceBuilder } from './builder'
import { type Scene, Painter } from './painter'
import { axesOf, nearer, START, type Turn, turned } from './turn'

const CLICK_PIXELS = 4
const KEY_PIXELS = 24
const ZOOM_PER_PIXEL = 0.0015
const ARROWS: Record<string, readonly [number, number]> = { ArrowLeft: [KEY_PIXELS, 0], ArrowRight: [-KEY_PIXELS, 0], ArrowUp: [0, KEY_PIXELS], ArrowDown: [0, -KEY_PIXELS] }
/** How much the levels that are not in hand are dimmed. */
const DIMMED = 0.78

function sceneOf(view: SpineView, turn: Turn): Scene {
  const { levels, active } = view.state.getState()
  const colour = (number: number) => {
    const share = (active === 0 || number === active ? 1 : DIMMED) / 255
    const [red, green, blue] = rgbOf(colourOf(levels.get(number) ?? null))
    return [red * share, green * share, blue * share] as const
  }
  return { turn, colourOf: colour }
}

/** The surfaces of all vertebrae: drag turns, the wheel zooms, a click goes to a vertebra. */
export function SurfacePane({ view, onPick }: { view: SpineView; onPick: (number: number) => void }) {
  const { t } = useTranslation()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [turn, setTurn] = useState(START)
  const { painter, meshes, edition, isBuilding, failure } = useSurfaces(view, canvas)
  const levels = useStore(view.state, (state) => state.levels)
  const active = useStore(view.state, (state) => state.active)
  const size = useSize(canvas)
  useEffect(() => {
    if (!canvas.current) return
    const perPixel = Math.min(devicePixelRatio, 2)
    canvas.current.width = Math.max(1, Math.round(size.width * perPixel))
    canvas.current.height = Math.max(1, Math.round(size.height * perPixel))
    painter.current?.draw(sceneOf(view, turn))
  }, [view, turn, levels, active, size, edition, painter])
  const hand = useHand(setTurn, (x, y) => onPick(painter.current?.pick(sceneOf(view, turn), x, y) ?? 0))
  useWheelZoom(canvas, setTurn)
  const onKeyDown = (event: React.KeyboardEvent) => {
    const by = ARROWS[event.key]
    if (!by) return
    event.preventDefault()
    setTurn((now) => turned(now, ...by))
  }
  return (
    <div className="spine-surface" data-meshes={meshes} data-building={isBuilding}>
      <canvas ref={canvas} tabIndex={0} role="img" aria-label={t('viewer.surfaceOf', { count: meshes })} onDoubleClick={() => setTurn(START)} onKeyDown={onKeyDown} {...hand} />
      <Letters turn={turn} caption={t('viewer.surface')} />
      {(isBuilding || failure) && <span className="spine-surface-state" role="status">{failure ?? t('viewer.building')}</span>}
    </div>
  )
}

function Letters({ turn, caption }: { turn: Turn; caption: string }) {
  const { right } = axesOf(turn)
  const left = [-right[0], -right[1], -right[2]] as const
  return (
    <div className="spine-surface-letters" aria-hidden="true">
      <span>{caption}</span><span>{letterOf(left)}</span><span>{letterOf(right)}</span>
    </div>
  )
}

/** Surfaces as the worker makes them, held by the graphics card; `edition` grows with each. */
function useSurfaces(view: SpineView, canvas: React.RefObject<HTMLCanvasElement | null>) {
  const painter = useRef<Painter | null>(null)
  const [shown, setShown] = useState({ meshes: 0, edition: 0 })
  const [isBuilding, setBuilding] = useState(true)
  const [failure, setFailure] = useState<string | null>(null)
  useEffect(() => {
    if (!canvas.current) return
    let made: Painter
    try {
      made = new Painter(canvas.current)
    } catch (cause) {
      return setFailure(cause instanceof Error ? cause.message : String(cause))
    }
    painter.current = made
    const changed = () => setShown(({ edition }) => ({ meshes: made.numbers.length, edition: edition + 1 }))
    const builder = new SurfaceBuilder(view, {
      onMesh: (mesh) => { made.set(mesh); changed() },
      onGone: (number) => { made.drop(number); changed() },
      onBuilding: setBuilding,
    })
    return () => {
      builder.close()
      made.close()
      painter.current = null
    }
  }, [view, canvas])
  return { painter, ...shown, isBuilding, failure }
}

function useSize(canvas: React.RefObject<HTMLCanvasElement | null>) {
  const [size, setSize] = useState({ width: 0, height: 0 })
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }))
    observer.observe(element)
    return () => observer.disconnect()
  }, [canvas])
  return size
}

/** A drag turns; a press that stays in place is a click. */
function useHand(setTurn: React.Dispatch<React.SetStateAction<Turn>>, onClick: (x: number, y: number) => void) {
  const drag = useRef<{ x: number; y: number; moved: number } | null>(null)
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { x: event.clientX, y: event.clientY, moved: 0 }
  }
  const onPointerMove = (event: PointerEvent) => {
    const { current } = drag
    if (!current) return
    const [dx, dy] = [event.clientX - current.x, event.clientY - current.y]
    drag.current = { x: event.clientX, y: event.clientY, moved: current.moved + Math.hypot(dx, dy) }
    setTurn((now) => turned(now, dx, dy))
  }
  const onPointerUp = (event: PointerEvent) => {
    const { current } = drag
    drag.current = null
    if (!current || current.moved > CLICK_PIXELS) return
    const box = event.currentTarget.getBoundingClientRect()
    onClick(event.clientX - box.left, event.clientY - box.top)
  }
  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: () => { drag.current = null } }
}

/** Taken before the browser scrolls or zooms the page. */
function useWheelZoom(canvas: React.RefObject<HTMLCanvasElement | null>, setTurn: React.Dispatch<React.SetStateAction<Turn>>): void {
  useEffect(() => {
    const element = canvas.current
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      setTurn((now) => nearer(now, Math.exp(-event.deltaY * ZOOM_PER_PIXEL)))
    }
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  }, [canvas, setTurn])
}

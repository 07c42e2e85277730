import { type PointerEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { bodyOfLines, type Line, lengthOf, SHORTEST_LINE_MM, type Spot } from './placing'
import type { PlacedPoints } from './origins'
import type { PicturePlane } from './plane'
import classes from './sixPoints.module.css'
import { type Size, toMm, toPixel, type View } from './view'

export interface Placing {
  readonly onDone: (placed: PlacedPoints) => void
  readonly onStop: () => void
}

interface Props extends Placing {
  readonly plane: PicturePlane
  readonly view: View
  readonly size: Size
  readonly snaps: boolean
}

/** Hears two drags, one along each end plate, and makes six points of them. */
export function PlacingLayer({ plane, view, size, snaps, onDone, onStop }: Props) {
  const { t } = useTranslation()
  const [first, setFirst] = useState<Line | null>(null)
  const [drawn, setDrawn] = useState<Line | null>(null)
  useEffect(() => {
    const stop = (event: KeyboardEvent) => event.key === 'Escape' && onStop()
    window.addEventListener('keydown', stop)
    return () => window.removeEventListener('keydown', stop)
  }, [onStop])
  const spotOf = (event: PointerEvent<SVGSVGElement>): Spot => {
    const box = event.currentTarget.getBoundingClientRect()
    return toMm(view, size, [event.clientX - box.left, event.clientY - box.top])
  }
  const press = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button !== 0 || drawn !== null) return
    event.stopPropagation()
    event.currentTarget.setPointerCapture(event.pointerId)
    const spot = spotOf(event)
    setDrawn([spot, spot])
  }
  const move = (event: PointerEvent<SVGSVGElement>) => drawn && setDrawn([drawn[0], spotOf(event)])
  const release = (event: PointerEvent<SVGSVGElement>) => {
    if (drawn === null) return
    setDrawn(null)
    const line: Line = [drawn[0], spotOf(event)]
    if (lengthOf(line) < SHORTEST_LINE_MM) return
    if (first === null) return setFirst(line)
    onDone(bodyOfLines(plane, [first, line], 0, snaps))
  }
  return (
    <>
      <svg
        className={classes.placing}
        width={size.width}
        height={size.height}
        data-placing={first === null ? 'upper' : 'lower'}
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={release}
        onPointerCancel={() => setDrawn(null)}
      >
        {[first, drawn].map((line, place) => line && <Drawn key={place} line={line} view={view} size={size} />)}
      </svg>
      <div className={classes.told} role="status">
        {t(first === null ? 'grading.placing.upper' : 'grading.placing.lower')}
      </div>
    </>
  )
}

function Drawn({ line, view, size }: { line: Line; view: View; size: Size }) {
  const [from, to] = [toPixel(view, size, line[0]), toPixel(view, size, line[1])]
  return (
    <g stroke="#ffffff" fill="none" strokeWidth={2}>
      <line x1={from[0]} y1={from[1]} x2={to[0]} y2={to[1]} />
      <circle cx={from[0]} cy={from[1]} r={5} />
      <circle cx={to[0]} cy={to[1]} r={5} />
    </g>
  )
}

import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { originOf, type Origin, withOrigin } from './origins'
import { movedOnPicture, placeOf, type PointName, withPoint } from './plane'
import type { Look, Pixel, SetProps } from './PointsOverlay'
import classes from './sixPoints.module.css'
import { snapPoint } from './snap'
import { toMm, toPixel } from './view'

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}
const SEGMENT_KEYS = ['anterior', 'middle', 'posterior'] as const

/** A press that moves less than this stays a press: a finger trembles more than a mouse. */
const SLOP_PX = { mouse: 2, other: 6 }
/** Half the size of what can be hit. */
const REACH_PX = 14

interface Grip {
  /** From the point to the pointer. */
  readonly offset: Pixel
  readonly start: Pixel
  readonly isMoving: boolean
}

type HandleProps = SetProps & { readonly name: PointName }

/** One of the six points: dragged by mouse, pen or finger, nudged by arrow keys. */
export function Handle({ set, name, plane, view, size, snaps }: HandleProps) {
  const { t } = useTranslation()
  const [grip, setGrip] = useState<Grip | null>(null)
  const place = placeOf(plane, set.points, name)
  const [x, y] = toPixel(view, size, place)
  const { onEdit } = set
  const by = set.by ?? null
  const mark = <Mark x={x} y={y} look={set.look} held={grip !== null} origin={originOf(by, name)} />
  if (!onEdit) return mark

  const moveTo = (to: { x: number; y: number }, phase: 'drag' | 'end', mayNotSnap: boolean) => {
    const moved = movedOnPicture(plane, set.points, name, to)
    const edge = snaps && !mayNotSnap ? snapPoint(plane, moved, name) : null
    const points = edge === null ? moved : withPoint(moved, name, plane.toPatient(edge))
    onEdit({ points, by: withOrigin(by, name, edge === null ? 'reader' : 'snapped') }, phase)
  }
  const pixelOf = (event: PointerEvent<SVGElement>): Pixel => {
    const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect()
    return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)]
  }
  const press = (event: PointerEvent<SVGElement>) => {
    if (event.button !== 0 || grip !== null) return
    event.stopPropagation()
    event.currentTarget.setPointerCapture(event.pointerId)
    const start = pixelOf(event)
    setGrip({ offset: [start[0] - x, start[1] - y], start, isMoving: false })
  }
  const follow = (event: PointerEvent<SVGElement>, phase: 'drag' | 'end') => {
    if (grip === null) return
    const at = pixelOf(event)
    const slop = event.pointerType === 'mouse' ? SLOP_PX.mouse : SLOP_PX.other
    const isMoving = grip.isMoving || Math.hypot(at[0] - grip.start[0], at[1] - grip.start[1]) > slop
    if (isMoving) moveTo(toMm(view, size, [at[0] - grip.offset[0], at[1] - grip.offset[1]]), phase, event.altKey)
    setGrip(phase === 'end' ? null : { ...grip, isMoving })
  }
  const nudge = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key]
    if (!arrow) return
    event.preventDefault()
    const step = event.shiftKey ? 1 : 0.1
    moveTo({ x: place.x + step * arrow[0], y: place.y + step * arrow[1] }, 'end', true)
  }
  const end = t(name.end === 0 ? 'grading.upper' : 'grading.lower')
  const segment = t(`grading.${SEGMENT_KEYS[name.segment]}`)
  const origin = originOf(by, name)
  return (
    <g
      role="button"
      tabIndex={0}
      className={classes.handle}
      data-point={`${name.segment}${name.end}`}
      data-origin={origin ?? ''}
      aria-label={t('grading.point', { name: set.name, end, segment: segment.toLowerCase() })}
      onPointerDown={press}
      onPointerMove={(event) => follow(event, 'drag')}
      onPointerUp={(event) => follow(event, 'end')}
      onPointerCancel={() => {
        if (grip?.isMoving) onEdit({ points: set.points, by }, 'end')
        setGrip(null)
      }}
      onKeyDown={nudge}
    >
      <title>{t(`grading.placedBy.${origin ?? 'unknown'}`)}</title>
      <circle cx={x} cy={y} r={REACH_PX} fill="transparent" stroke="none" />
      {mark}
    </g>
  )
}

interface MarkProps {
  readonly x: number
  readonly y: number
  readonly look: Look
  readonly held: boolean
  readonly origin: Origin | null
}

/** A person's point has a dot in its middle; the model's is hollow. */
function Mark({ x, y, look, held, origin }: MarkProps) {
  const size = look.faint ? 5 : held ? 9 : 7
  const shared = {
    className: classes.mark,
    strokeDasharray: 'none',
    strokeWidth: 2,
    fill: 'rgba(15, 17, 19, 0.65)',
  }
  const isPersons = origin === 'reader' || origin === 'snapped'
  return (
    <>
      {look.marker === 'circle' ? (
        <circle cx={x} cy={y} r={size} {...shared} />
      ) : (
        <rect x={x - size} y={y - size} width={2 * size} height={2 * size} {...shared} />
      )}
      {isPersons && !look.faint && <circle cx={x} cy={y} r={2.2} fill={look.colour} stroke="none" />}
    </>
  )
}

import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { movedOnPicture, type PicturePlane, type PointName, POINT_NAMES, pointOf, type SixPoints } from './plane'
import classes from './sixPoints.module.css'
import { type Size, toMm, toPixel, type View } from './view'

export interface Look {
  readonly colour: string
  readonly marker: 'circle' | 'square'
  readonly dashed?: boolean
  /** Drawn in the background: a neighbour, or not to be touched. */
  readonly faint?: boolean
}

/** One set of six points on a picture. */
export interface PointSet {
  readonly id: string
  /** Spoken name: a level, or a reader's letter. */
  readonly name: string
  readonly points: SixPoints
  readonly look: Look
  /** Written beside the body. */
  readonly tag?: string
  /** Written beside the three lines, in millimetres; null leaves a line without. */
  readonly heights?: readonly (string | null)[]
  /** Side of their lines on which heights stand; right unless told otherwise. */
  readonly side?: 'left' | 'right'
  /** Makes the points movable; `end` closes one drag or one key press. */
  readonly onEdit?: (points: SixPoints, phase: 'drag' | 'end') => void
}

interface Props {
  readonly plane: PicturePlane
  readonly view: View
  readonly size: Size
  readonly sets: readonly PointSet[]
}

/** Six points, their lines and their heights over a picture, in pixels of the pane. */
export function PointsOverlay({ plane, view, size, sets }: Props) {
  return (
    <svg className={classes.overlay} width={size.width} height={size.height}>
      {sets.map((set) => (
        <OneSet key={set.id} set={set} plane={plane} view={view} size={size} />
      ))}
    </svg>
  )
}

type SetProps = Omit<Props, 'sets'> & { readonly set: PointSet }
type Pixel = readonly [number, number]

function OneSet({ set, plane, view, size }: SetProps) {
  const at = (name: PointName): Pixel => toPixel(view, size, plane.toPicture(pointOf(set.points, name)))
  const segments = ([0, 1, 2] as const).map((segment): [Pixel, Pixel] => [
    at({ segment, end: 0 }),
    at({ segment, end: 1 }),
  ])
  const edge = (end: 0 | 1) => segments.map((segment) => segment[end].join(',')).join(' ')
  const { look } = set
  const left = Math.min(...segments.flat().map(([x]) => x))
  const middle = segments[0] ?? [
    [0, 0],
    [0, 0],
  ]
  return (
    <g
      className={look.faint ? classes.faint : undefined}
      stroke={look.colour}
      strokeDasharray={look.dashed ? '6 4' : undefined}
      fill="none"
    >
      <polyline points={edge(0)} strokeWidth={1} />
      <polyline points={edge(1)} strokeWidth={1} />
      {segments.map(([upper, lower], place) => (
        <line key={place} x1={upper[0]} y1={upper[1]} x2={lower[0]} y2={lower[1]} strokeWidth={1.6} />
      ))}
      {set.heights?.map((text, place) => {
        const segment = segments[place]
        if (text === null || !segment) return null
        return (
          <HeightText key={place} segment={segment} text={text} colour={look.colour} isLeft={set.side === 'left'} />
        )
      })}
      {set.tag && (
        <text className={classes.tag} x={left - 16} y={(middle[0][1] + middle[1][1]) / 2} fill={look.colour}>
          {set.tag}
        </text>
      )}
      {POINT_NAMES.map((name) => (
        <Handle key={`${name.segment}${name.end}`} set={set} name={name} plane={plane} view={view} size={size} />
      ))}
    </g>
  )
}

interface HeightProps {
  readonly segment: [Pixel, Pixel]
  readonly text: string
  readonly colour: string
  readonly isLeft: boolean
}

function HeightText({ segment, text, colour, isLeft }: HeightProps) {
  const [upper, lower] = segment
  return (
    <text
      className={isLeft ? classes.tag : classes.height}
      x={(upper[0] + lower[0]) / 2 + (isLeft ? -16 : 12)}
      y={upper[1] + 0.36 * (lower[1] - upper[1])}
      fill={colour}
    >
      {text}
    </text>
  )
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}
const SEGMENT_KEYS = ['anterior', 'middle', 'posterior'] as const

type HandleProps = SetProps & { readonly name: PointName }

function Handle({ set, name, plane, view, size }: HandleProps) {
  const { t } = useTranslation()
  const [grip, setGrip] = useState<Pixel | null>(null)
  const place = plane.toPicture(pointOf(set.points, name))
  const [x, y] = toPixel(view, size, place)
  const { onEdit } = set
  const mark = <Mark x={x} y={y} look={set.look} held={grip !== null} />
  if (!onEdit) return mark

  const moveTo = (to: { x: number; y: number }, phase: 'drag' | 'end') =>
    onEdit(movedOnPicture(plane, set.points, name, to), phase)
  const under = (event: PointerEvent<SVGElement>, from: Pixel) => {
    const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect()
    return toMm(view, size, [event.clientX - (box?.left ?? 0) - from[0], event.clientY - (box?.top ?? 0) - from[1]])
  }
  const press = (event: PointerEvent<SVGElement>) => {
    if (event.button !== 0) return
    event.stopPropagation()
    event.currentTarget.setPointerCapture(event.pointerId)
    const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect()
    setGrip([event.clientX - (box?.left ?? 0) - x, event.clientY - (box?.top ?? 0) - y])
  }
  const nudge = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key]
    if (!arrow) return
    event.preventDefault()
    const step = event.shiftKey ? 1 : 0.1
    moveTo({ x: place.x + step * arrow[0], y: place.y + step * arrow[1] }, 'end')
  }
  const end = t(name.end === 0 ? 'grading.upper' : 'grading.lower')
  const segment = t(`grading.${SEGMENT_KEYS[name.segment]}`)
  return (
    <g
      role="button"
      tabIndex={0}
      className={classes.handle}
      data-point={`${name.segment}${name.end}`}
      aria-label={t('grading.point', { name: set.name, end, segment: segment.toLowerCase() })}
      onPointerDown={press}
      onPointerMove={(event) => grip && moveTo(under(event, grip), 'drag')}
      onPointerUp={(event) => {
        if (grip) moveTo(under(event, grip), 'end')
        setGrip(null)
      }}
      onPointerCancel={() => {
        if (grip) onEdit(set.points, 'end')
        setGrip(null)
      }}
      onKeyDown={nudge}
    >
      <circle cx={x} cy={y} r={14} fill="transparent" stroke="none" />
      {mark}
    </g>
  )
}

function Mark({ x, y, look, held }: { x: number; y: number; look: Look; held: boolean }) {
  const size = look.faint ? 5 : held ? 11 : 7
  const shared = {
    className: classes.mark,
    strokeDasharray: 'none',
    strokeWidth: 2,
    fill: held ? look.colour : 'rgba(15, 17, 19, 0.65)',
  }
  if (look.marker === 'circle') return <circle cx={x} cy={y} r={size} {...shared} />
  return <rect x={x - size} y={y - size} width={2 * size} height={2 * size} {...shared} />
}

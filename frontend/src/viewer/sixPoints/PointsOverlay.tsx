import { Handle } from './Handle'
import type { Origins, PlacedPoints } from './origins'
import { distanceFrom, fadeOf, type PicturePlane, placeOf, type PointName, POINT_NAMES, type SixPoints } from './plane'
import classes from './sixPoints.module.css'
import { type Size, toPixel, type View } from './view'

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
  /** Who placed each of them; left out where that does not matter. */
  readonly by?: Origins | null
  readonly look: Look
  /** Written beside the body. */
  readonly tag?: string
  /** Written beside the three lines, in millimetres; null leaves a line without. */
  readonly heights?: readonly (string | null)[]
  /** Side of their lines on which heights stand; right unless told otherwise. */
  readonly side?: 'left' | 'right'
  /** How a height was made, in words, for whoever points at it. */
  readonly told?: string
  /** These points cannot be a body's: they are drawn as a warning. */
  readonly isRefused?: boolean
  /** Makes the points movable; `end` closes one drag or one key press. */
  readonly onEdit?: (placed: PlacedPoints, phase: 'drag' | 'end') => void
}

interface Props {
  readonly plane: PicturePlane
  readonly view: View
  readonly size: Size
  readonly sets: readonly PointSet[]
  /** A dragged point goes to the end plate near it, unless Alt is held. */
  readonly snaps?: boolean
}

/** Six points, their lines and their heights over a picture, in pixels of the pane. */
export function PointsOverlay({ plane, view, size, sets, snaps = false }: Props) {
  return (
    <svg className={classes.overlay} width={size.width} height={size.height}>
      {sets.map((set) => (
        <OneSet key={set.id} set={set} plane={plane} view={view} size={size} snaps={snaps} />
      ))}
    </svg>
  )
}

export type SetProps = Omit<Props, 'sets'> & { readonly set: PointSet }
export type Pixel = readonly [number, number]

function OneSet({ set, plane, view, size, snaps }: SetProps) {
  const at = (name: PointName): Pixel => toPixel(view, size, placeOf(plane, set.points, name))
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
      data-set={set.id}
      opacity={fadeOf(distanceFrom(plane, set.points)) * (look.faint ? 0.5 : 1)}
      stroke={set.isRefused ? 'var(--bad)' : look.colour}
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
          <HeightText
            key={place}
            segment={segment}
            text={text}
            colour={look.colour}
            isLeft={set.side === 'left'}
            told={set.told}
          />
        )
      })}
      {set.tag && (
        <text className={classes.tag} x={left - 16} y={(middle[0][1] + middle[1][1]) / 2} fill={look.colour}>
          {set.tag}
        </text>
      )}
      {POINT_NAMES.map((name) => (
        <Handle key={`${name.segment}${name.end}`} set={set} name={name} plane={plane} view={view} size={size} snaps={snaps} />
      ))}
    </g>
  )
}

interface HeightProps {
  readonly segment: [Pixel, Pixel]
  readonly text: string
  readonly colour: string
  readonly isLeft: boolean
  readonly told: string | undefined
}

function HeightText({ segment, text, colour, isLeft, told }: HeightProps) {
  const [upper, lower] = segment
  return (
    <text
      className={isLeft ? classes.tag : classes.height}
      x={(upper[0] + lower[0]) / 2 + (isLeft ? -16 : 12)}
      y={upper[1] + 0.36 * (lower[1] - upper[1])}
      fill={colour}
    >
      {told && <title>{told}</title>}
      {text}
    </text>
  )
}

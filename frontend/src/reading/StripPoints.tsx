import { pointOf, type SixPoints, type Vec3 } from '../viewer/sixPoints/plane'

interface Props {
  readonly points: SixPoints | null
  readonly colour: string
  readonly isActive: boolean
  readonly at: (point: Vec3) => [number, number]
}

/** One body on the strip: outline, faint fill, six dots. */
export function StripPoints({ points, colour, isActive, at }: Props) {
  if (points === null) return null
  const upper = ([0, 1, 2] as const).map((segment) => at(pointOf(points, { segment, end: 0 })))
  const lower = ([0, 1, 2] as const).map((segment) => at(pointOf(points, { segment, end: 1 })))
  const outline = [...upper, ...lower.toReversed()].map((pixel) => pixel.join(',')).join(' ')
  return (
    <g stroke={colour} fill={colour}>
      <polygon points={outline} fillOpacity={isActive ? 0.3 : 0.16} strokeWidth={isActive ? 2.2 : 1.1} />
      <line x1={upper[1]?.[0]} y1={upper[1]?.[1]} x2={lower[1]?.[0]} y2={lower[1]?.[1]} strokeWidth={1.1} />
      {[...upper, ...lower].map(([x, y], place) => (
        <circle key={place} cx={x} cy={y} r={2.4} fill="#0f1113" strokeWidth={1.2} />
      ))}
    </g>
  )
}

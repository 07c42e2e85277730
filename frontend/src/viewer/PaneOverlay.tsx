import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { unitOf } from '../domain/frame'
import { letterOf, type Vec3 } from '../domain/geometry'
import { colourOf } from '../domain/levelColours'
import { glowPath } from './glow'
import { placeNames, writtenOn } from './nameBoxes'
import { namePlaces } from './names'
import type { Pin } from './Pane'
import { type Plane, screenAxes, type Size, sliceAt, sliceCount } from './planes'
import type { SpineView } from './spineView'
import { ToolPreview } from './ToolPreview'

const BARS = [5, 10, 20, 50, 100, 200, 500]
const LONGEST_BAR_PIXELS = 110
const EDGE = 14

const opposite = (direction: Vec3): Vec3 => [-direction[0], -direction[1], -direction[2]]

/** What is drawn over the picture of one plane; nothing here takes the mouse. */
export function PaneOverlay({ view, plane, pins }: { view: SpineView; plane: Plane; pins: readonly Pin[] }) {
  const { t } = useTranslation()
  const size = useStore(view.state, (state) => state.sizes[plane])
  const seen = useStore(view.state, (state) => state.views?.[plane])
  const focus = useStore(view.state, (state) => state.focusMm)
  if (!seen || size.width === 0) return null
  const index = sliceAt(view.grid, plane, focus)
  return (
    <svg className="spine-overlay" width={size.width} height={size.height} aria-hidden="true">
      <Crosshair at={view.worldToCanvas(plane, focus)} width={size.width} height={size.height} />
      {plane !== 'axial' && <Names view={view} plane={plane} index={index} size={size} />}
      <Letters view={view} plane={plane} width={size.width} height={size.height} />
      <text className="spine-caption" x={12} y={22}>{view.isFlat ? t('radiograph.picture') : `${t(`viewer.${plane}`)} ${index + 1} / ${sliceCount(view.grid, plane)}`}</text>
      {plane === 'sagittal' && <ScaleBar unit={unitOf(view.frame)} perPixel={seen.mmPerPixel} width={size.width} height={size.height} />}
      {plane === 'sagittal' && <text className="spine-caption spine-research" x={12} y={size.height - 14}>{t('app.research')}</text>}
      <GlowMarks view={view} plane={plane} index={index} />
      <Pins view={view} plane={plane} pins={pins} index={index} />
      <ToolPreview view={view} plane={plane} mmPerPixel={seen.mmPerPixel} />
    </svg>
  )
}

function Crosshair({ at, width, height }: { at: [number, number] | null; width: number; height: number }) {
  if (!at) return null
  return (
    <g className="spine-crosshair">
      <line x1={at[0]} x2={at[0]} y1={0} y2={height} />
      <line x1={0} x2={width} y1={at[1]} y2={at[1]} />
    </g>
  )
}

function Letters({ view, plane, width, height }: { view: SpineView; plane: Plane; width: number; height: number }) {
  const { right, down } = useMemo(() => screenAxes(view.grid, plane), [view, plane])
  const doubt = view.volume.meta.radiograph?.front === 'unknown' ? '?' : ''
  return (
    <g className="spine-letters">
      <text x={EDGE} y={height / 2}>{letterOf(opposite(right)) + doubt}</text>
      <text x={width - EDGE} y={height / 2}>{letterOf(right) + doubt}</text>
      <text x={width / 2} y={EDGE + 8}>{letterOf(opposite(down))}</text>
      <text x={width / 2} y={height - EDGE + 2}>{letterOf(down)}</text>
    </g>
  )
}

function ScaleBar({ unit, perPixel, width, height }: { unit: string; perPixel: number; width: number; height: number }) {
  const length = BARS.filter((one) => one / perPixel <= LONGEST_BAR_PIXELS).at(-1) ?? 5
  const left = width - EDGE - length / perPixel
  const y = height - 30
  return (
    <g className="spine-scale">
      <path d={`M${left} ${y - 6}V${y}H${width - EDGE}V${y - 6}`} />
      <text x={width - EDGE} y={y + 17}>{`${length} ${unit}`}</text>
    </g>
  )
}

function Names({ view, plane, index, size }: { view: SpineView; plane: Plane; index: number; size: Size }) {
  const edition = useStore(view.state, (state) => state.edition)
  const levels = useStore(view.state, (state) => state.levels)
  const isHidden = useStore(view.state, (state) => state.isOverlayHidden)
  const labels = view.labelMap
  const places = useMemo(
    () => (labels ? namePlaces(view.grid, labels, plane, index) : []),
    // The map is painted in place: `edition` tells when.
    [view, labels, plane, index, edition],
  )
  if (isHidden) return null
  const wanted = places.flatMap(({ number, mm }) => {
    const at = view.worldToCanvas(plane, mm)
    return at ? [{ number, text: levels.get(number) ?? `#${number}`, at }] : []
  })
  return placeNames(wanted, size, writtenOn(size, plane === 'sagittal')).map(({ number, text, x, y }) => (
    <text key={number} className="spine-name" x={x} y={y + 6} style={{ fill: colourOf(levels.get(number) ?? null) }}>
      {text}
    </text>
  ))
}

/** What was added shines filled, what was taken away as an empty outline: not by colour alone. */
function GlowMarks({ view, plane, index }: { view: SpineView; plane: Plane; index: number }) {
  const glow = useStore(view.state, (state) => state.glow)
  const isHidden = useStore(view.state, (state) => state.isOverlayHidden)
  const slice = glow?.slices[plane].get(index)
  if (!slice || isHidden) return null
  return (
    <g className="spine-glow">
      <path data-side="added" d={glowPath(view, plane, slice.added)} />
      <path data-side="removed" d={glowPath(view, plane, slice.removed)} />
    </g>
  )
}

function Pins({ view, plane, pins, index }: { view: SpineView; plane: Plane; pins: readonly Pin[]; index: number }) {
  return pins.map((pin, place) => {
    const at = view.worldToCanvas(plane, pin.mm)
    const isNear = Math.abs(sliceAt(view.grid, plane, pin.mm) - index) <= 1
    return at && isNear && (
      <g key={pin.id} className="spine-pin" data-tone={pin.tone ?? 'problem'} transform={`translate(${at[0]} ${at[1] - 20})`}>
        <circle r={12} />
        <text y={5}>{pin.sign ?? place + 1}</text>
      </g>
    )
  })
}

import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { colourOf } from '../domain/levelColours'
import type { Plane } from './planes'
import type { SpineView } from './spineView'
import type { Drawing } from './viewState'

type Pixel = readonly [number, number]

/** What the tool in hand is about to do, drawn over the picture. */
export function ToolPreview({ view, plane, mmPerPixel }: { view: SpineView; plane: Plane; mmPerPixel: number }) {
  const drawing = useStore(view.state, (state) => (state.drawing?.plane === plane ? state.drawing : null))
  return (
    <>
      {drawing && (drawing.kind === 'line' ? <SplitLine view={view} plane={plane} drawing={drawing} /> : <Outline view={view} plane={plane} drawing={drawing} />)}
      <BrushRing view={view} plane={plane} mmPerPixel={mmPerPixel} />
    </>
  )
}

function BrushRing({ view, plane, mmPerPixel }: { view: SpineView; plane: Plane; mmPerPixel: number }) {
  const cursor = useStore(view.state, (state) => (state.cursor?.plane === plane ? state.cursor : null))
  const { tool, radiusMm } = useStore(view.state, useShallow((state) => ({ tool: state.tool, radiusMm: state.radiusMm })))
  if (!cursor || (tool !== 'brush' && tool !== 'eraser' && tool !== 'adaptive')) return null
  const [x, y] = cursor.pixel
  const r = Math.max(2, radiusMm / mmPerPixel)
  return (
    <g className="spine-brush" data-tool={tool}>
      <circle className="spine-halo" cx={x} cy={y} r={r} />
      <circle cx={x} cy={y} r={r} />
      {tool === 'adaptive' && <path d={`M${x - 4} ${y}H${x + 4}M${x} ${y - 4}V${y + 4}`} />}
    </g>
  )
}

const pathOf = (pixels: readonly Pixel[]) => `M${pixels.map(([x, y]) => `${x} ${y}`).join('L')}`

function pixelsOf(view: SpineView, plane: Plane, { points }: Drawing): Pixel[] {
  return points.flatMap((mm) => {
    const pixel = view.worldToCanvas(plane, mm)
    return pixel ? [pixel] : []
  })
}

function Outline({ view, plane, drawing }: { view: SpineView; plane: Plane; drawing: Drawing }) {
  const cursor = useStore(view.state, (state) => (state.cursor?.plane === plane ? state.cursor.pixel : null))
  const act = useStore(view.state, (state) => (drawing.isErasing ? 'erase' : state.options.cutAct))
  const corners = pixelsOf(view, plane, drawing)
  const [a, b] = [corners[0], corners.at(-1)]
  if (!a || !b) return null
  const isPolygon = drawing.kind === 'polygon'
  const drawn: Pixel[] = drawing.kind === 'rectangle' ? [a, [b[0], a[1]], b, [a[0], b[1]]] : isPolygon && cursor ? [...corners, cursor] : corners
  const path = `${pathOf(drawn)}${isPolygon ? '' : 'Z'}`
  return (
    <g className="spine-outline" data-act={act}>
      <path className="spine-halo" d={path} />
      <path d={path} />
      {isPolygon && corners.map(([x, y], at) => <circle key={at} cx={x} cy={y} r={at === 0 ? 5 : 3} />)}
    </g>
  )
}

/** The line goes on to the borders of the pane; the part that is given away bears its new name. */
function SplitLine({ view, plane, drawing }: { view: SpineView; plane: Plane; drawing: Drawing }) {
  const { t } = useTranslation()
  const { side, to, levels, size } = useStore(
    view.state,
    useShallow((state) => ({ side: state.options.splitSide, to: state.options.splitTo, levels: state.levels, size: state.sizes[plane] })),
  )
  const [a, b] = pixelsOf(view, plane, drawing)
  if (!a || !b) return null
  const [wx, wy] = [b[0] - a[0], b[1] - a[1]]
  const length = Math.hypot(wx, wy)
  if (length === 0) return null
  const [ux, uy] = [wx / length, wy / length]
  const far = size.width + size.height
  const below = ux > 0 || (ux === 0 && uy < 0) ? 1 : -1
  const towards = side === 'below' ? below : -below
  const [x, y] = [(a[0] + b[0]) / 2 - uy * towards * 22, (a[1] + b[1]) / 2 + ux * towards * 22]
  const number = view.toolbox.neighbour(side)
  const level = to === 'new' ? null : number === null ? null : (levels.get(number) ?? null)
  const name = to === 'new' ? t('tools.newLevel') : (level ?? t('tools.noNeighbour'))
  return (
    <g className="spine-outline" data-act="split">
      <path className="spine-beyond" d={pathOf([[a[0] - ux * far, a[1] - uy * far], [b[0] + ux * far, b[1] + uy * far]])} />
      <path className="spine-halo" d={pathOf([a, b])} />
      <path d={pathOf([a, b])} />
      <text x={x} y={y + 5} style={{ fill: level ? colourOf(level) : undefined }}>{`\u2192 ${name}`}</text>
    </g>
  )
}

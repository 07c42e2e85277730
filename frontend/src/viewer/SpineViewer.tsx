import { IconArrowsMaximize, IconArrowsMinimize } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { Pane, type Pin } from './Pane'
import { maximised, type PaneName, shownPanes } from './panes'
import { type Plane, PLANES } from './planes'
import type { SpineView } from './spineView'
import './viewer.css'

const NO_PINS: readonly Pin[] = []
const SurfacePane = lazy(async () => ({ default: (await import('./surface/SurfacePane')).SurfacePane }))

interface Props {
  readonly view: SpineView
  readonly pins?: readonly Pin[]
  /** A vertebra was clicked on the surface. */
  readonly onPick?: (number: number) => void
}

/**
 * Planes of a volume, linked by a crosshair, and the surface of the spine: one pane, three or four.
 * Wheel steps through slices, Ctrl wheel zooms, right drag sets the window, middle drag moves; the
 * left button belongs to the tool in hand.
 */
export function SpineViewer({ view, pins = NO_PINS, onPick }: Props) {
  const elements = useRef<Partial<Record<Plane, HTMLDivElement>>>({})
  useEffect(() => {
    const { sagittal, axial, coronal } = elements.current
    return sagittal && axial && coronal ? view.attach({ sagittal, axial, coronal }) : undefined
  }, [view])
  const { isDrawn, panes, alone } = useStore(view.state, useShallow(({ isDrawn, panes, alone }) => ({ isDrawn, panes, alone })))
  const shown = shownPanes({ panes, alone })
  return (
    <div className="spine-viewer" data-drawn={isDrawn} data-panes={panes}>
      {PLANES.map((plane) => (
        <div key={plane} className="spine-place" data-place={plane} data-shown={shown.includes(plane)} aria-hidden={!shown.includes(plane)}>
          <Pane
            view={view}
            plane={plane}
            pins={pins}
            element={(element) => {
              if (element) elements.current[plane] = element
              else delete elements.current[plane]
            }}
          />
          {shown.includes(plane) && !view.isFlat && <Maximise view={view} pane={plane} />}
        </div>
      ))}
      {shown.includes('surface') && (
        <div className="spine-place" data-place="surface" data-shown>
          <Suspense fallback={null}><SurfacePane key={view.volume.meta.id} view={view} onPick={(number) => number > 0 && onPick?.(number)} /></Suspense>
          <Maximise view={view} pane="surface" />
        </div>
      )}
    </div>
  )
}

/** Shows one pane alone, or all again. */
function Maximise({ view, pane }: { view: SpineView; pane: PaneName }) {
  const { t } = useTranslation()
  const isAlone = useStore(view.state, ({ panes }) => panes === 'one')
  const Icon = isAlone ? IconArrowsMinimize : IconArrowsMaximize
  const act = () => {
    const { panes, alone, several } = view.state.getState()
    view.setLayout(maximised({ panes, alone }, pane, several))
  }
  return (
    <button type="button" className="spine-maximise" aria-label={t(isAlone ? 'viewer.allPanes' : 'viewer.onePane', { pane: t(`viewer.${pane}`) })} onMouseDown={(event) => event.preventDefault()} onClick={act}>
      <Icon size={15} />
    </button>
  )
}

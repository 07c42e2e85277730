import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { Pane, type Pin } from './Pane'
import { type Plane, PLANES } from './planes'
import type { SpineView } from './spineView'
import './viewer.css'

const NO_PINS: readonly Pin[] = []

/**
 * Three planes of a volume, linked by a crosshair: sagittal on the left, axial over coronal on the
 * right. Wheel steps through slices, Ctrl wheel zooms, right drag sets the window, middle drag moves;
 * the left button belongs to the tool in hand.
 */
export function SpineViewer({ view, pins = NO_PINS }: { view: SpineView; pins?: readonly Pin[] }) {
  const elements = useRef<Partial<Record<Plane, HTMLDivElement>>>({})
  useEffect(() => {
    const { sagittal, axial, coronal } = elements.current
    return sagittal && axial && coronal ? view.attach({ sagittal, axial, coronal }) : undefined
  }, [view])
  const isDrawn = useStore(view.state, (state) => state.isDrawn)
  return (
    <div className="spine-viewer" data-drawn={isDrawn}>
      {PLANES.map((plane) => (
        <Pane
          key={plane}
          view={view}
          plane={plane}
          pins={pins}
          element={(element) => {
            if (element) elements.current[plane] = element
            else delete elements.current[plane]
          }}
        />
      ))}
    </div>
  )
}

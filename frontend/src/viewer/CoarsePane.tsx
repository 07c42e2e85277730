import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { markFirst } from '../testing'
import { paintQuickLook } from './quickLook'
import type { Plane } from './planes'
import type { SpineView } from './spineView'

/**
 * The picture drawn flat, at once: coarse, or sharp where the slice shown has come. It stands in until
 * the graphics card has the volume.
 */
export function CoarsePane({ view, plane }: { view: SpineView; plane: Plane }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const size = useStore(view.state, (state) => state.sizes[plane])
  const seen = useStore(view.state, (state) => state.views?.[plane])
  const isSharp = useStore(view.source.loading, () => plane === 'sagittal' && view.source.isSharpAt(view.sliceIndex(plane)))
  useEffect(() => {
    if (!canvas.current || !seen || size.width === 0) return
    paintQuickLook(canvas.current, view, plane, { seen, size, isSharp })
    if (plane === 'sagittal') requestAnimationFrame(() => markFirst(isSharp ? 'firstSagittal' : 'firstPicture'))
  }, [view, plane, size, seen, isSharp])
  return <canvas ref={canvas} className="spine-quick" width={size.width} height={size.height} data-sharp={isSharp} />
}

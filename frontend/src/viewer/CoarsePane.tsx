import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { paintQuickLook } from './quickLook'
import type { Plane } from './planes'
import type { SpineView } from './spineView'

/** The coarse picture, drawn flat at once, until the graphics card has its first frame. */
export function CoarsePane({ view, plane }: { view: SpineView; plane: Plane }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const size = useStore(view.state, (state) => state.sizes[plane])
  const seen = useStore(view.state, (state) => state.views?.[plane])
  useEffect(() => {
    if (canvas.current && seen) paintQuickLook(canvas.current, view, plane, seen, size)
  }, [view, plane, size, seen])
  return <canvas ref={canvas} className="spine-quick" width={size.width} height={size.height} />
}

import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { Vec3 } from '../domain/geometry'
import { sliceAt } from './planes'
import { paintThumbnail } from './thumbnails'
import type { SpineView } from './spineView'

const SIDE = 76

/** A small sagittal picture of one vertebra, with its mask in colour. */
export function Thumbnail({ view, number, mm, colour }: { view: SpineView; number: number; mm: Vec3 | null; colour: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const isSharp = useStore(view.source.loading, () => mm !== null && view.source.isSharpAt(sliceAt(view.grid, 'sagittal', mm)))
  const isFilled = useStore(view.source.loading, (state) => state.isFilled)
  const labels = useStore(view.state, (state) => state.labelsShown)
  useEffect(() => {
    if (canvas.current && mm) paintThumbnail(canvas.current, view, number, mm, colour)
  }, [view, number, mm, colour, isSharp, isFilled, labels])
  return <canvas ref={canvas} className="spine-thumbnail" width={SIDE} height={SIDE} aria-hidden="true" />
}

import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { Vec3 } from '../domain/geometry'
import { sliceAt } from './planes'
import { paintThumbnail } from './thumbnails'
import type { SpineView } from './spineView'

const SIDE = 76
const REST_MS = 250

/** Grows when acts have changed voxels of a vertebra and have rested. */
function useEdits(view: SpineView, number: number): number {
  const [edited, setEdited] = useState(0)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = view.editor.onAct(({ runs }) => {
      if (!runs.old.includes(number) && !runs.new.includes(number)) return
      clearTimeout(timer)
      timer = setTimeout(() => setEdited((n) => n + 1), REST_MS)
    })
    return () => {
      clearTimeout(timer)
      end()
    }
  }, [view, number])
  return edited
}

/** A small sagittal picture of one vertebra, with its mask in colour. */
export function Thumbnail({ view, number, mm, colour }: { view: SpineView; number: number; mm: Vec3 | null; colour: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const isSharp = useStore(view.source.loading, () => mm !== null && view.source.isSharpAt(sliceAt(view.grid, 'sagittal', mm)))
  const isFilled = useStore(view.source.loading, (state) => state.isFilled)
  const labels = useStore(view.state, (state) => state.labelsShown)
  const edited = useEdits(view, number)
  useEffect(() => {
    if (canvas.current && mm) paintThumbnail(canvas.current, view, number, mm, colour)
  }, [view, number, mm, colour, isSharp, isFilled, labels, edited])
  return <canvas ref={canvas} className="spine-thumbnail" width={SIDE} height={SIDE} aria-hidden="true" />
}

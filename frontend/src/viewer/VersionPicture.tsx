import { useEffect, useRef } from 'react'
import type { Vec3 } from '../domain/geometry'
import type { SpineView } from './spineView'
import { paintThumbnail } from './thumbnails'

const WIDTH = 228
const HEIGHT = 124

interface Props {
  readonly view: SpineView
  /** The mask of this version; not the one on screen. */
  readonly labels: Uint8Array
  readonly number: number
  /** The slice shown goes through this point. */
  readonly mm: Vec3
  readonly colour: string
}

/** One vertebra as a version of the mask has it, on a sagittal slice. */
export function VersionPicture({ view, labels, number, mm, colour }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    if (canvas.current) paintThumbnail(canvas.current, view, number, mm, colour, labels)
  }, [view, labels, number, mm, colour])
  return <canvas ref={canvas} className="version-picture" width={WIDTH} height={HEIGHT} aria-hidden="true" />
}

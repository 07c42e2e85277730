import { useLayoutEffect, useMemo, useRef } from 'react'
import type { PicturePlane } from './plane'
import { type GreyWindow, resample, toPixels } from './resample'
import { frameOf, type Size, type View } from './view'

interface Props {
  readonly plane: PicturePlane
  readonly view: View
  readonly size: Size
  readonly window: GreyWindow
  /** What the picture shows, for those who do not see it. */
  readonly label: string
}

/** Draws a part of a picture, interpolated between its samples, sharp on dense screens. */
export function PictureCanvas({ plane, view, size, window: grey, label }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const dense = Math.min(globalThis.devicePixelRatio || 1, 2)
  const width = Math.round(size.width * dense)
  const height = Math.round(size.height * dense)
  const hu = useMemo(
    () => resample(plane, { ...frameOf(view, size), width, height, mmPerPixel: size.width / width / view.scale }),
    [plane, view, size, width, height],
  )
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d')
    context?.putImageData(new ImageData(toPixels(hu, grey), width, height), 0, 0)
  }, [hu, grey, width, height])
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      role="img"
      aria-label={label}
      style={{ display: 'block', width: size.width, height: size.height }}
    />
  )
}

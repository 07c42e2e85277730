/** What part of a picture a pane shows; x and y in picture millimetres, scale in pixels per mm. */
import type { Box } from './plane'
import type { Frame } from './resample'

export interface View {
  readonly centreX: number
  readonly centreY: number
  readonly scale: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

const SMALLEST_SCALE = 0.5
const LARGEST_SCALE = 60

/** A view in which a box has room for its neighbours: `bodies` of its own size fit the pane. */
export function fitted(box: Box, size: Size, bodies = 3): View {
  const tall = Math.max(box.bottom - box.top, 8)
  const deep = Math.max(box.right - box.left, 8)
  const scale = Math.min(size.height / (bodies * tall), size.width / (2 * deep))
  return {
    centreX: (box.left + box.right) / 2,
    centreY: (box.top + box.bottom) / 2,
    scale: held(scale),
  }
}

function held(scale: number): number {
  return Math.min(Math.max(scale, SMALLEST_SCALE), LARGEST_SCALE)
}

export function toPixel(view: View, size: Size, place: { x: number; y: number }): [number, number] {
  return [
    size.width / 2 + (place.x - view.centreX) * view.scale,
    size.height / 2 + (place.y - view.centreY) * view.scale,
  ]
}

export function toMm(view: View, size: Size, pixel: readonly [number, number]): { x: number; y: number } {
  return {
    x: view.centreX + (pixel[0] - size.width / 2) / view.scale,
    y: view.centreY + (pixel[1] - size.height / 2) / view.scale,
  }
}

/** Zooms so that the place under the cursor stays there. */
export function zoomed(view: View, size: Size, pixel: readonly [number, number], factor: number): View {
  const place = toMm(view, size, pixel)
  const scale = held(view.scale * factor)
  return {
    centreX: place.x - (pixel[0] - size.width / 2) / scale,
    centreY: place.y - (pixel[1] - size.height / 2) / scale,
    scale,
  }
}

export function moved(view: View, pixels: readonly [number, number]): View {
  return {
    ...view,
    centreX: view.centreX - pixels[0] / view.scale,
    centreY: view.centreY - pixels[1] / view.scale,
  }
}

export function frameOf(view: View, size: Size): Frame {
  return {
    leftMm: view.centreX - size.width / 2 / view.scale,
    topMm: view.centreY - size.height / 2 / view.scale,
    mmPerPixel: 1 / view.scale,
    width: size.width,
    height: size.height,
  }
}

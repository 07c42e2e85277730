import { onGrid, toIjk, type Vec3 } from '../domain/geometry'
import { rgbOf } from '../domain/levelColours'
import type { SpineView } from './spineView'

const FIELD_MM = 62
const FILL = 0.42

/**
 * Draws the sagittal slice through a point, `FIELD_MM` wide, with one vertebra filled in colour.
 *
 * @param labels the mask to be shown, where it is not the one on screen.
 */
export function paintThumbnail(
  canvas: HTMLCanvasElement, view: SpineView, number: number, mm: Vec3, colour: string, labels: Uint8Array | null = view.labelMap,
): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const { dims, spacingMm } = view.grid
  const { hu } = view.volume
  const { window, isInverted } = view.state.getState()
  const low = window.center - window.width / 2
  const [ci, cj, ck] = toIjk(view.grid, mm)
  const k = Math.min(Math.max(Math.round(ck), 0), dims[2] - 1)
  const rgb = rgbOf(colour)
  const image = new ImageData(canvas.width, canvas.height)
  const field = onGrid(view.grid, FIELD_MM)
  const step = field / canvas.width
  for (let y = 0; y < canvas.height; y++)
    for (let x = 0; x < canvas.width; x++) {
      const i = Math.round(ci + ((x + 0.5) * step - field / 2) / spacingMm[0])
      const j = Math.round(cj + ((y + 0.5 - canvas.height / 2) * step) / spacingMm[1])
      if (i < 0 || j < 0 || i >= dims[0] || j >= dims[1]) continue
      const index = i + dims[0] * (j + dims[1] * k)
      const seen = Math.min(255, Math.max(0, (255 * ((hu[index] as number) - low)) / window.width))
      const grey = isInverted ? 255 - seen : seen
      const share = labels?.[index] === number ? FILL : 0
      const at = 4 * (y * canvas.width + x)
      for (const channel of [0, 1, 2] as const) image.data[at + channel] = grey * (1 - share) + rgb[channel] * share
      image.data[at + 3] = 255
    }
  context.putImageData(image, 0, 0)
}

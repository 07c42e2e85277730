/** Draws one plane of the coarse volume with nothing but a 2-D canvas. */
import type { VolumeMeta } from '../api/types'
import { type Grid, toMm } from '../domain/geometry'
import { LAYOUT, type Plane, screenAxes, type Size, sliceAt, toCanvas, type View } from './planes'
import type { SpineView } from './spineView'
import type { ViewState } from './viewState'

/** The grid of the preview: its voxels are blocks of the volume's. */
export function previewGrid(grid: Grid, preview: VolumeMeta['preview']): Grid {
  const { factor } = preview
  const shift = factor.map((f) => (f - 1) / 2) as unknown as [number, number, number]
  return {
    dims: preview.dims,
    spacingMm: [grid.spacingMm[0] * factor[0], grid.spacingMm[1] * factor[1], grid.spacingMm[2] * factor[2]],
    originMm: toMm(grid, shift),
    direction: grid.direction,
  }
}

/** Grey picture of one slice of a small volume, columns to the right and rows downwards on screen. */
function picture(grid: Grid, hu: Int16Array, plane: Plane, index: number, { window, isInverted }: Pick<ViewState, 'window' | 'isInverted'>): ImageData {
  const { across, right: [columnAxis, columnSign], down: [rowAxis] } = LAYOUT[plane]
  const [columns, rows] = [grid.dims[columnAxis], grid.dims[rowAxis]]
  const step = [1, grid.dims[0], grid.dims[0] * grid.dims[1]] as const
  const image = new ImageData(columns, rows)
  const low = window.center - window.width / 2
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const along = columnSign > 0 ? column : columns - 1 - column
      const value = hu[index * step[across] + row * step[rowAxis] + along * step[columnAxis]] as number
      const seen = (255 * (value - low)) / window.width
      const grey = isInverted ? 255 - seen : seen
      image.data.set([grey, grey, grey, 255], 4 * (row * columns + column))
    }
  return image
}

interface Shown {
  readonly seen: View
  readonly size: Size
  /** The slice is there at full resolution. */
  readonly isSharp: boolean
}

export function paintQuickLook(canvas: HTMLCanvasElement, view: SpineView, plane: Plane, { seen, size, isSharp }: Shown): void {
  const context = canvas.getContext('2d')
  const source = document.createElement('canvas')
  const { meta, preview, hu } = view.volume
  const grid = isSharp ? view.grid : previewGrid(view.grid, meta.preview)
  const { right: [columnAxis], down: [rowAxis] } = LAYOUT[plane]
  const image = picture(grid, isSharp ? hu : preview, plane, sliceAt(grid, plane, seen.centre), view.state.getState())
  source.width = image.width
  source.height = image.height
  source.getContext('2d')?.putImageData(image, 0, 0)
  const width = (grid.dims[columnAxis] * grid.spacingMm[columnAxis]) / seen.mmPerPixel
  const height = (grid.dims[rowAxis] * grid.spacingMm[rowAxis]) / seen.mmPerPixel
  const middle = toMm(grid, [(grid.dims[0] - 1) / 2, (grid.dims[1] - 1) / 2, (grid.dims[2] - 1) / 2])
  const [x, y] = toCanvas(screenAxes(view.grid, plane), seen, size, middle)
  context?.clearRect(0, 0, canvas.width, canvas.height)
  context?.drawImage(source, x - width / 2, y - height / 2, width, height)
}

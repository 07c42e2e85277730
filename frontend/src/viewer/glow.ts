/** Voxels that a change added or took away, sorted so that each slice can be drawn at once. */
import type { Runs } from '../bridge'
import { type Grid, ijkOf, toMm } from '../domain/geometry'
import { LAYOUT, type Plane, PLANES } from './planes'
import type { SpineView } from './spineView'

export type Side = 'added' | 'removed'

export interface Glow {
  /** Flat indices of the voxels that changed, by plane, slice and side. */
  readonly slices: Readonly<Record<Plane, ReadonlyMap<number, Readonly<Record<Side, readonly number[]>>>>>
}

/** A voxel that is empty now was removed; any other that differs was added. */
export function glowOf(grid: Grid, runs: Runs): Glow {
  const slices = { sagittal: new Map(), axial: new Map(), coronal: new Map() } as Record<Plane, Map<number, Record<Side, number[]>>>
  runs.starts.forEach((start, run) => {
    const side: Side = runs.new[run] === 0 ? 'removed' : 'added'
    for (let index = start; index < start + (runs.lengths[run] as number); index++) {
      const ijk = ijkOf(grid.dims, index)
      for (const plane of PLANES) {
        const at = ijk[LAYOUT[plane].across] as number
        const slice = slices[plane].get(at) ?? { added: [], removed: [] }
        slices[plane].set(at, slice)
        slice[side].push(index)
      }
    }
  })
  return { slices }
}

/** An SVG path of the voxels, as rectangles in the pixels of a pane. */
export function glowPath(view: SpineView, plane: Plane, voxels: readonly number[]): string {
  const { grid } = view
  const { right: [rightAxis], down: [downAxis] } = LAYOUT[plane]
  const mmPerPixel = view.state.getState().views?.[plane].mmPerPixel ?? 1
  const width = grid.spacingMm[rightAxis] / mmPerPixel
  const height = grid.spacingMm[downAxis] / mmPerPixel
  let path = ''
  for (const index of voxels) {
    const at = view.worldToCanvas(plane, toMm(grid, ijkOf(grid.dims, index)))
    if (at) path += `M${(at[0] - width / 2).toFixed(1)} ${(at[1] - height / 2).toFixed(1)}h${width.toFixed(1)}v${height.toFixed(1)}h${(-width).toFixed(1)}z`
  }
  return path
}

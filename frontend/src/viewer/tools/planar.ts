/** What is drawn in a pane, laid over the voxels: lines that part a level, outlines that cut it. */
import type { Grid, Vec3 } from '../../domain/geometry'
import { LAYOUT, type Plane } from '../planes'
import { type Axis, eachVoxel, mayBecomeActive, type Outcome, refuse, type ToolInput } from './input'

/** A place in a plane: fractional voxel index along the axes that run right and down on screen. */
export type Place = readonly [number, number]

/** The place of a (fractional) voxel index in a plane. */
export const placeIn = (plane: Plane, ijk: Vec3): Place => [ijk[LAYOUT[plane].right[0]], ijk[LAYOUT[plane].down[0]]]

export type CutAct = 'erase' | 'fill' | 'outside'
export interface CutOptions {
  readonly plane: Plane
  /** Corners of a closed outline; crossing parts count as outside (even-odd). */
  readonly outline: readonly Place[]
  readonly act: CutAct
  /** First and last slice of the plane. */
  readonly slices: readonly [number, number]
}

/** Whether a place lies within an outline, by the count of sides to its right. */
export function isInside(outline: readonly Place[], [x, y]: Place): boolean {
  let inside = false
  outline.forEach(([ax, ay], at) => {
    const [bx, by] = outline[(at + outline.length - 1) % outline.length] as Place
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  })
  return inside
}

/**
 * Cuts the level in hand along an outline, through slices: `erase` what lies within, `fill` it (where
 * not locked and within the HU limits), or erase what lies `outside` of it.
 */
export function cut(input: ToolInput, { plane, outline, act, slices }: CutOptions): Outcome {
  const { grid: { dims }, labels, active } = input
  const { across } = LAYOUT[plane]
  const isIn = mapOf(dims, plane, outline)
  let changed = 0
  const after = labels.slice()
  eachVoxel(dims, (index, i, j, k) => {
    const ijk: Vec3 = [i, j, k]
    if (ijk[across] < slices[0] || ijk[across] > slices[1]) return
    const inside = isIn(ijk)
    const isToChange = act === 'fill' ? inside && mayBecomeActive(input, index) : labels[index] === active && inside === (act === 'erase')
    if (!isToChange) return
    after[index] = act === 'fill' ? active : 0
    changed++
  })
  return changed > 0 ? after : refuse('nothing')
}

/** Tells of each voxel whether its column through the slices goes through the outline. */
function mapOf(dims: Vec3, plane: Plane, outline: readonly Place[]): (ijk: Vec3) => boolean {
  const [x, y]: [Axis, Axis] = [LAYOUT[plane].right[0], LAYOUT[plane].down[0]]
  const map = new Uint8Array(dims[x] * dims[y])
  for (let b = 0; b < dims[y]; b++) for (let a = 0; a < dims[x]; a++) map[a + dims[x] * b] = isInside(outline, [a, b]) ? 1 : 0
  return (ijk) => map[ijk[x] + dims[x] * ijk[y]] === 1
}

export type Side = 'above' | 'below'
export interface SplitOptions {
  readonly plane: Plane
  /** Two places of the line; the plane goes through it and all slices. */
  readonly line: readonly [Place, Place]
  /** The side, as seen on screen, that is given away; of an upright line, below is right. */
  readonly side: Side
  readonly to: number
}

/**
 * Signed distance on screen in mm of a place from a line: positive below it (right of an upright one).
 */
export function belowLine({ spacingMm }: Pick<Grid, 'spacingMm'>, plane: Plane, [from, to]: readonly [Place, Place], place: Place): number {
  const { right: [rightAxis, rightSign], down: [downAxis, downSign] } = LAYOUT[plane]
  const onScreen = ([a, b]: Place): Place => [a * rightSign * spacingMm[rightAxis], b * downSign * spacingMm[downAxis]]
  const [[ax, ay], [bx, by], [x, y]] = [onScreen(from), onScreen(to), onScreen(place)]
  const [wx, wy] = [bx - ax, by - ay]
  const length = Math.hypot(wx, wy)
  const sign = wx < 0 || (wx === 0 && wy > 0) ? -1 : 1
  return length === 0 ? 0 : (sign * (wx * (y - ay) - wy * (x - ax))) / length
}

/** Gives the part of the level in hand on one side of a plane to another number. */
export function split(input: ToolInput, { plane, line, side, to }: SplitOptions): Outcome {
  const { grid, labels, active } = input
  const sign = side === 'below' ? 1 : -1
  let given = 0
  let kept = 0
  const after = labels.slice()
  eachVoxel(grid.dims, (index, i, j, k) => {
    if (labels[index] !== active) return
    if (sign * belowLine(grid, plane, line, placeIn(plane, [i, j, k])) > 0) {
      after[index] = to
      given++
    } else kept++
  })
  return given > 0 && kept > 0 ? after : refuse('nothing')
}

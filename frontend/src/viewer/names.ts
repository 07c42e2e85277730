/** Where the name of each vertebra stands in a slice: beside the body, never on it. */
import { flatIndex, type Grid, onGrid, toMm, type Vec3 } from '../domain/geometry'
import { LAYOUT, type Plane } from './planes'

export interface NamePlace {
  readonly number: number
  /** LPS millimetres of the edge that the name stands left of. */
  readonly mm: Vec3
}

const FEWEST_VOXELS = 12
/** The body is the part that lies furthest left on a sagittal slice; its first millimetres give the height. */
const EDGE_MM = 12

interface Part {
  n: number
  edge: number
  rows: number[]
  columns: number[]
}

/** Walks the slice `index` of a plane and returns a place for each vertebra that is seen in it. */
export function namePlaces(grid: Grid, labels: Uint8Array, plane: Plane, index: number): NamePlace[] {
  const { across, right: [columnAxis, columnSign], down: [rowAxis] } = LAYOUT[plane]
  const parts = new Map<number, Part>()
  const ijk: [number, number, number] = [0, 0, 0]
  ijk[across] = index
  for (let row = 0; row < grid.dims[rowAxis]; row++)
    for (let column = 0; column < grid.dims[columnAxis]; column++) {
      ijk[rowAxis] = row
      ijk[columnAxis] = column
      const number = labels[flatIndex(grid.dims, ...ijk)] as number
      if (number > 0) note(parts, number, row, column * columnSign)
    }
  const reach = onGrid(grid, EDGE_MM) / grid.spacingMm[columnAxis]
  return [...parts].filter(([, part]) => part.n >= FEWEST_VOXELS).map(([number, part]) => {
    const rows = part.rows.filter((_, at) => (part.columns[at] as number) <= part.edge + reach)
    ijk[columnAxis] = part.edge * columnSign
    ijk[rowAxis] = rows.reduce((sum, row) => sum + row, 0) / rows.length
    return { number, mm: toMm(grid, ijk) }
  })
}

function note(parts: Map<number, Part>, number: number, row: number, column: number): void {
  const part = parts.get(number) ?? { n: 0, edge: column, rows: [], columns: [] }
  part.n++
  part.edge = Math.min(part.edge, column)
  part.rows.push(row)
  part.columns.push(column)
  parts.set(number, part)
}

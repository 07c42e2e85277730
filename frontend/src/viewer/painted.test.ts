import { expect, test } from 'vitest'
import golden from '../../../tests/golden/painted.json'
import { runsFrom } from '../bridge'
import { decodeStroke, encodeStroke } from '../bridge/stroke'
import { type Grid, toIjk, type Vec3 } from '../domain/geometry'
import { sweep } from './brush'
import { LAYOUT, type Plane, screenAxes, toWorld } from './planes'

const fromHex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const vec = (values: number[]) => values as unknown as Vec3
const pair = (values: number[]) => values as unknown as [number, number]

/** The server applies the same bytes and finds every voxel where the patient's millimetres say. */
test.each(golden.grids)('what is painted between two pixels is what the server changes: $name', (given) => {
  const grid: Grid = { dims: vec(given.dims), spacingMm: vec(given.spacing_mm), originMm: vec(given.origin_mm), direction: given.direction }
  for (const stroke of given.strokes) {
    const plane = stroke.plane as Plane
    const view = { centre: vec(stroke.centre_mm), mmPerPixel: stroke.mm_per_pixel }
    const [width, height] = pair(stroke.size)
    const at = (pixel: number[]) => toWorld(screenAxes(grid, plane), view, { width, height }, pair(pixel))
    at(stroke.to).forEach((value, axis) => expect(value).toBeCloseTo(stroke.to_mm[axis] as number, 6))

    const n = given.dims.reduce((product, size) => product * size, 1)
    const canvas = { grid, labels: new Uint8Array(n), hu: new Int16Array(n), before: new Map<number, number>() }
    const brush = {
      radiusMm: stroke.radius_mm, across: stroke.shape === 'disc' ? LAYOUT[plane].across : null, value: stroke.number,
      mayChange: () => true, paintOn: null,
    }
    sweep(canvas, brush, toIjk(grid, at(stroke.from)), toIjk(grid, at(stroke.to)))
    const wanted = decodeStroke(fromHex(stroke.hex))
    const made = encodeStroke({ ...wanted, runs: runsFrom(canvas.before, canvas.labels) })
    expect(Buffer.from(made).toString('hex')).toBe(stroke.hex)
  }
})

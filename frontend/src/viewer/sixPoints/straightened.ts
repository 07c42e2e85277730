/** The straightened mid-sagittal picture (lamina.strip/1) and its exact way to patient space.
 *
 * Row s and column v lie at curve(s) + (v - vOrigin) * step * normalV(s) in LPS millimetres, curve
 * and normals interpolated linearly between rows. A point off the picture is carried by its
 * distance along normalU, so nothing is lost on the way to the picture and back.
 */
import type { PicturePlane, PicturePoint, Vec3 } from './plane'
import { openFormat, readU32, UnknownFormat } from '../../bridge'
import { add, cross, dot, mix, sub } from './vectors'

const FORMAT = 'lamina.strip/1'
const HEADER_BYTES = 16

interface Frames {
  readonly curve: readonly Vec3[]
  readonly across: readonly Vec3[]
  readonly right: readonly Vec3[]
}

/** One frame on the curve: a point, the backward axis and the axis to the patient's right. */
interface Frame {
  readonly origin: Vec3
  readonly v: Vec3
  readonly u: Vec3
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index]
  if (value === undefined) throw new RangeError(`The curve has no row ${index}.`)
  return value
}

/** Reads inflated bytes of lamina.strip/1.
 *
 * @throws UnknownFormat where name, version, size or a figure is not what the format says.
 */
export function decodeStraightened(bytes: Uint8Array<ArrayBuffer>): PicturePlane {
  const reader = openFormat(bytes, FORMAT, HEADER_BYTES)
  const [rows, columns] = [readU32(reader), readU32(reader)]
  const { view, offset } = reader
  const [step, origin] = [view.getFloat32(offset, true), view.getFloat32(offset + 4, true)]
  const start = offset + 8
  const expected = start + 36 * rows + 2 * rows * columns
  if (bytes.length !== expected || rows < 2 || columns < 2 || !(step > 0)) {
    throw new UnknownFormat(`${FORMAT}: there are ${bytes.length} bytes where the header says ${expected}.`)
  }
  const vectors = (block: number): Vec3[] =>
    Array.from({ length: rows }, (_, row) => {
      const at = start + 12 * (block * rows + row)
      return [view.getFloat32(at, true), view.getFloat32(at + 4, true), view.getFloat32(at + 8, true)]
    })
  const frames = { curve: vectors(0), across: vectors(1), right: vectors(2) }
  const first = start + 36 * rows
  const hu = Int16Array.from({ length: rows * columns }, (_, index) => view.getInt16(first + 2 * index, true))
  return straightenedPlane(frames, hu, columns, step, origin)
}

/** Makes a picture plane from the rows of a curve; x is v * step, y is s * step. */
export function straightenedPlane(
  frames: Frames,
  hu: Int16Array,
  columns: number,
  stepMm: number,
  vOrigin: number,
): PicturePlane {
  return {
    kind: 'straightened',
    frame: 'patient_mm',
    columns,
    rows: frames.curve.length,
    columnMm: stepMm,
    rowMm: stepMm,
    hu,
    toPatient: ({ x, y, off }) => {
      const frame = frameAt(frames, y / stepMm)
      return add(add(frame.origin, frame.v, x - vOrigin * stepMm), frame.u, off)
    },
    toPicture: (point) => {
      const local = toCurve(frames, point)
      return { x: local.x + vOrigin * stepMm, y: local.y * stepMm, off: local.off }
    },
  }
}

/** The frame at a fractional row; beyond the ends the curve goes on straight, the axes stay. */
function frameAt(frames: Frames, s: number): Frame {
  const last = frames.curve.length - 1
  const row = Math.min(Math.max(Math.floor(s), 0), last - 1)
  const t = s - row
  const held = Math.min(Math.max(t, 0), 1)
  return {
    origin: mix(at(frames.curve, row), at(frames.curve, row + 1), t),
    v: mix(at(frames.across, row), at(frames.across, row + 1), held),
    u: mix(at(frames.right, row), at(frames.right, row + 1), held),
  }
}

/** Signed distance (scaled) of a point from the plane across the curve at row s. */
function fromPlane(frames: Frames, s: number, point: Vec3): number {
  const frame = frameAt(frames, s)
  return dot(sub(point, frame.origin), cross(frame.v, frame.u))
}

/** Where the planes across the curve pass through the point: of several rows the nearest one. */
function toCurve(frames: Frames, point: Vec3): PicturePoint {
  const rows = crossings(frames, point)
  let best: PicturePoint | null = null
  for (const s of rows) {
    const place = inFrame(frameAt(frames, s), point, s)
    if (best === null || Math.hypot(place.x, place.off) < Math.hypot(best.x, best.off)) best = place
  }
  if (best === null) throw new RangeError('The point lies on no row of the straightened picture.')
  return best
}

function crossings(frames: Frames, point: Vec3): number[] {
  const last = frames.curve.length - 1
  const found: number[] = []
  let before = fromPlane(frames, 0, point)
  for (let row = 0; row < last; row++) {
    const after = fromPlane(frames, row + 1, point)
    if (before === 0) found.push(row)
    else if (before < 0 !== after < 0) found.push(root(frames, point, row, before))
    before = after
  }
  return found.length > 0 ? found : beyondEnds(frames, point, before)
}

/** Bisection down to the last bit of the fraction, then as exact as the numbers are. */
function root(frames: Frames, point: Vec3, row: number, atRow: number): number {
  let low = row
  let high = row + 1
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (fromPlane(frames, middle, point) < 0 === atRow < 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function beyondEnds(frames: Frames, point: Vec3, atLast: number): number[] {
  const last = frames.curve.length - 1
  const start = fromPlane(frames, 0, point)
  const startSlope = start - fromPlane(frames, -1, point)
  const endSlope = fromPlane(frames, last + 1, point) - atLast
  const above = startSlope === 0 ? 0 : -start / startSlope
  const below = endSlope === 0 ? 0 : -atLast / endSlope
  const rows: number[] = []
  if (above <= 0) rows.push(above)
  if (below >= 0) rows.push(last + below)
  return rows
}

/** Coordinates of a point along the two axes of a frame, which need not be quite orthogonal. */
function inFrame(frame: Frame, point: Vec3, s: number): PicturePoint {
  const d = sub(point, frame.origin)
  const vv = dot(frame.v, frame.v)
  const uu = dot(frame.u, frame.u)
  const vu = dot(frame.v, frame.u)
  const det = vv * uu - vu * vu
  const dv = dot(d, frame.v)
  const du = dot(d, frame.u)
  return { x: (dv * uu - du * vu) / det, y: s, off: (du * vv - dv * vu) / det }
}

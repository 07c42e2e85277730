/**
 * Exact Euclidean distances on uneven grids: one pass of lower envelopes per axis (Felzenszwalb and
 * Huttenlocher 2012, doi:10.4086/toc.2012.v008a019).
 */
import type { Vec3 } from '../../domain/geometry'
import { AXES, type Axis, strides } from './input'

const FAR = Number.POSITIVE_INFINITY

/**
 * Squared distance in mm² of each voxel to the nearest voxel of a set; infinite where the set is empty.
 *
 * @param axes axes to measure along: two of them for distances within slices.
 */
export function squaredDistances(dims: Vec3, spacingMm: Vec3, isIn: (index: number) => boolean, axes: readonly Axis[] = AXES): Float64Array {
  const n = dims[0] * dims[1] * dims[2]
  const distances = new Float64Array(n)
  for (let index = 0; index < n; index++) distances[index] = isIn(index) ? 0 : FAR
  for (const axis of axes) passAlong(distances, dims, spacingMm[axis], axis)
  return distances
}

function passAlong(distances: Float64Array, dims: Vec3, spacing: number, axis: Axis): void {
  const length = dims[axis]
  const step = strides(dims)[axis]
  const line = new Float64Array(length)
  const envelope = { places: new Int32Array(length), from: new Float64Array(length + 1) }
  for (let start = 0; start < distances.length; start++) {
    if (Math.floor(start / step) % length !== 0) continue
    for (let at = 0; at < length; at++) line[at] = distances[start + at * step] as number
    const parabolas = lowerEnvelope(line, spacing, envelope)
    if (parabolas === 0) continue
    let parabola = 0
    for (let at = 0; at < length; at++) {
      while (parabola < parabolas - 1 && (envelope.from[parabola + 1] as number) < at) parabola++
      const place = envelope.places[parabola] as number
      distances[start + at * step] = ((at - place) * spacing) ** 2 + (line[place] as number)
    }
  }
}

/** Notes which parabola is lowest from where on; returns how many there are. */
function lowerEnvelope(line: Float64Array, spacing: number, { places, from }: { places: Int32Array; from: Float64Array }): number {
  let n = 0
  for (let at = 0; at < line.length; at++) {
    if (line[at] === FAR) continue
    let crossing = Number.NEGATIVE_INFINITY
    while (n > 0) {
      const place = places[n - 1] as number
      const rise = (line[at] as number) - (line[place] as number)
      crossing = (rise / spacing ** 2 + at * at - place * place) / (2 * (at - place))
      if (crossing > (from[n - 1] as number)) break
      n--
      crossing = Number.NEGATIVE_INFINITY
    }
    places[n] = at
    from[n] = crossing
    n++
  }
  return n
}

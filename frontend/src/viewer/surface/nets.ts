/**
 * Closed triangle surfaces of labels by naive surface nets (Gibson 1998, doi:10.1007/BFb0056277): one
 * vertex per cell that the surface passes, at the mean of its crossings, on a mask that was blurred.
 */
export interface Box {
  readonly low: readonly [number, number, number]
  /** Inclusive. */
  readonly high: readonly [number, number, number]
}

export interface Net {
  /** x, y, z in voxels of the map, one after the other. */
  readonly points: Float32Array<ArrayBuffer>
  /** Corners of triangles, counter-clockwise seen from outside on a right-handed grid. */
  readonly triangles: Uint32Array<ArrayBuffer>
}

type Dims = readonly [number, number, number]

const PAD = 2
/** Share of bone in the blurred mask that counts as surface; below half, so that thin arches stay whole. */
const LEVEL = 0.3

/** Boxes around every number of a map, numbers outside `wanted` left out. */
export function boxesOf(labels: Uint8Array, dims: Dims, wanted: ReadonlySet<number>): Map<number, Box> {
  const bounds = new Int32Array(256 * 6)
  for (let number = 0; number < 256; number++) bounds.set([dims[0], dims[1], dims[2], -1, -1, -1], 6 * number)
  let index = 0
  for (let k = 0; k < dims[2]; k++)
    for (let j = 0; j < dims[1]; j++)
      for (let i = 0; i < dims[0]; i++) {
        const number = labels[index++] as number
        if (number !== 0) widen(bounds, 6 * number, i, j, k)
      }
  const boxes = new Map<number, Box>()
  for (const number of wanted) {
    const [i0, j0, k0, i1, j1, k1] = bounds.subarray(6 * number, 6 * number + 6) as unknown as [number, number, number, number, number, number]
    if (i1 >= 0) boxes.set(number, { low: [i0, j0, k0], high: [i1, j1, k1] })
  }
  return boxes
}

function widen(bounds: Int32Array, at: number, i: number, j: number, k: number): void {
  if (i < (bounds[at] as number)) bounds[at] = i
  if (j < (bounds[at + 1] as number)) bounds[at + 1] = j
  if (k < (bounds[at + 2] as number)) bounds[at + 2] = k
  if (i > (bounds[at + 3] as number)) bounds[at + 3] = i
  if (j > (bounds[at + 4] as number)) bounds[at + 4] = j
  if (k > (bounds[at + 5] as number)) bounds[at + 5] = k
}

/** The surface of one number within its box. */
export function netOf(labels: Uint8Array, dims: Dims, number: number, box: Box): Net {
  const size = [0, 1, 2].map((axis) => (box.high[axis] as number) - (box.low[axis] as number) + 1 + 2 * PAD) as unknown as Dims
  const field = blurred(cut(labels, dims, number, box, size), size)
  const net = surfaceNet(field, size, LEVEL)
  for (let at = 0; at < net.points.length; at++) net.points[at] = (net.points[at] as number) + (box.low[at % 3] as number) - PAD
  return net
}

function cut(labels: Uint8Array, dims: Dims, number: number, { low, high }: Box, size: Dims): Float32Array {
  const field = new Float32Array(size[0] * size[1] * size[2])
  for (let k = low[2]; k <= high[2]; k++)
    for (let j = low[1]; j <= high[1]; j++) {
      const from = dims[0] * (j + dims[1] * k)
      const to = PAD - low[0] + size[0] * (j - low[1] + PAD + size[1] * (k - low[2] + PAD))
      for (let i = low[0]; i <= high[0]; i++) if (labels[from + i] === number) field[to + i] = 1
    }
  return field
}

/** Weights 1 2 1 along each axis; the border is empty and stays so. */
function blurred(field: Float32Array, size: Dims): Float32Array {
  let from = field
  for (const step of [1, size[0], size[0] * size[1]]) {
    const to = new Float32Array(from.length)
    for (let at = step; at < from.length - step; at++)
      to[at] = 0.25 * (from[at - step] as number) + 0.5 * (from[at] as number) + 0.25 * (from[at + step] as number)
    from = to
  }
  return from
}

/** Corners of a cell as bits x, y, z; its twelve edges as pairs of corners. */
const EDGES = [0, 1, 2].flatMap((axis) => [0, 1, 2, 3, 4, 5, 6, 7].filter((corner) => !(corner & (1 << axis))).map((corner) => [corner, corner | (1 << axis)] as const))

export function surfaceNet(field: Float32Array, size: Dims, level: number): Net {
  const steps = [1, size[0], size[0] * size[1]] as const
  const vertexOf = new Int32Array(field.length).fill(-1)
  const points: number[] = []
  for (let z = 0; z < size[2] - 1; z++)
    for (let y = 0; y < size[1] - 1; y++)
      for (let x = 0; x < size[0] - 1; x++) {
        const at = x + steps[1] * y + steps[2] * z
        const place = crossing(field, at, steps, level)
        if (!place) continue
        vertexOf[at] = points.length / 3
        points.push(x + place[0], y + place[1], z + place[2])
      }
  return { points: Float32Array.from(points), triangles: quads(field, vertexOf, steps, level) }
}

/** Mean of the places at which the surface crosses the edges of a cell, within it; null where it does not. */
function crossing(field: Float32Array, at: number, steps: readonly [number, number, number], level: number): [number, number, number] | null {
  const value = (corner: number) => (field[at + (corner & 1) * steps[0] + ((corner >> 1) & 1) * steps[1] + ((corner >> 2) & 1) * steps[2]] as number) - level
  const sum: [number, number, number] = [0, 0, 0]
  let n = 0
  for (const [a, b] of EDGES) {
    const [va, vb] = [value(a), value(b)]
    if (va > 0 === vb > 0) continue
    const share = va / (va - vb)
    for (const axis of [0, 1, 2] as const) sum[axis] += ((a >> axis) & 1) + share * (((b >> axis) & 1) - ((a >> axis) & 1))
    n++
  }
  return n === 0 ? null : [sum[0] / n, sum[1] / n, sum[2] / n]
}

/** Two triangles around every edge that the surface crosses, facing away from the bone. */
function quads(field: Float32Array, vertexOf: Int32Array, steps: readonly [number, number, number], level: number): Uint32Array<ArrayBuffer> {
  const triangles: number[] = []
  for (let at = steps[2] + steps[1] + 1; at < field.length; at++)
    for (const axis of [0, 1, 2] as const) {
      const inside = (field[at] as number) > level
      const next = at + steps[axis]
      if (next >= field.length || inside === (field[next] as number) > level) continue
      const [u, v] = [steps[(axis + 1) % 3] as number, steps[(axis + 2) % 3] as number]
      const around = [vertexOf[at - u - v], vertexOf[at - v], vertexOf[at], vertexOf[at - u]] as [number, number, number, number]
      if (around.some((vertex) => vertex < 0)) continue
      const [a, b, c, d] = inside ? around : (around.reverse() as typeof around)
      triangles.push(a, b, c, a, c, d)
    }
  return Uint32Array.from(triangles)
}

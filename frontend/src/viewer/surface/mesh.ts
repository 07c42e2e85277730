/** Surfaces in millimetres, with normals, ready to be drawn. */
import type { Net } from './nets'

export interface Mesh {
  readonly number: number
  /** LPS millimetres and unit normal of each vertex: six numbers. */
  readonly vertices: Float32Array<ArrayBuffer>
  readonly triangles: Uint32Array<ArrayBuffer>
}

/** Columns of i, j, k in millimetres and the origin: twelve numbers. */
export type Affine = readonly number[]

export function meshOf(number: number, { points, triangles }: Net, affine: Affine): Mesh {
  const n = points.length / 3
  const vertices = new Float32Array(6 * n)
  for (let vertex = 0; vertex < n; vertex++)
    for (let axis = 0; axis < 3; axis++) {
      let value = affine[9 + axis] as number
      for (let column = 0; column < 3; column++) value += (affine[3 * column + axis] as number) * (points[3 * vertex + column] as number)
      vertices[6 * vertex + axis] = value
    }
  addNormals(vertices, triangles)
  return { number, vertices, triangles }
}

/** The normal of a vertex is the mean of those of its triangles, by their areas. */
function addNormals(vertices: Float32Array, triangles: Uint32Array): void {
  const at = (vertex: number, axis: number) => vertices[6 * vertex + axis] as number
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [triangles[t], triangles[t + 1], triangles[t + 2]] as [number, number, number]
    const [ux, uy, uz] = [at(b, 0) - at(a, 0), at(b, 1) - at(a, 1), at(b, 2) - at(a, 2)]
    const [vx, vy, vz] = [at(c, 0) - at(a, 0), at(c, 1) - at(a, 1), at(c, 2) - at(a, 2)]
    const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx]
    for (const vertex of [a, b, c]) for (let axis = 0; axis < 3; axis++) vertices[6 * vertex + 3 + axis] = at(vertex, 3 + axis) + (normal[axis] as number)
  }
  for (let at6 = 0; at6 < vertices.length; at6 += 6) {
    const length = Math.hypot(vertices[at6 + 3] as number, vertices[at6 + 4] as number, vertices[at6 + 5] as number) || 1
    for (let axis = 3; axis < 6; axis++) vertices[at6 + axis] = (vertices[at6 + axis] as number) / length
  }
}

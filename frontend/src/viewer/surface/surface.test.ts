import { expect, test } from 'vitest'
import type { Grid } from '../../domain/geometry'
import { meshOf } from './mesh'
import { type FromMesher, Mesher } from './mesher'
import { boxesOf, netOf } from './nets'
import { ReducedMap } from './reduced'
import { axesOf, START, turned } from './turn'

const DIMS = [24, 24, 24] as const
/** A ball of radius 8 voxels, number 3, in the middle. */
function ball(radius = 8, number = 3): Uint8Array<ArrayBuffer> {
  const labels = new Uint8Array(24 ** 3)
  for (let k = 0; k < 24; k++)
    for (let j = 0; j < 24; j++)
      for (let i = 0; i < 24; i++) if (Math.hypot(i - 12, j - 12, k - 12) <= radius) labels[i + 24 * (j + 24 * k)] = number
  return labels
}
const PLAIN = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]

const netOfBall = () => {
  const labels = ball()
  const box = boxesOf(labels, DIMS, new Set([3])).get(3)
  if (!box) throw new Error('no box')
  return netOf(labels, DIMS, 3, box)
}

test('the surface of a ball is closed, lies at its radius and faces outwards', () => {
  const net = netOfBall()
  const edges = new Map<string, number>()
  for (let t = 0; t < net.triangles.length; t += 3) {
    const corners = [...net.triangles.subarray(t, t + 3)] as [number, number, number]
    for (const [a, b] of [[0, 1], [1, 2], [2, 0]] as const) {
      const key = `${corners[a]} ${corners[b]}`
      edges.set(key, (edges.get(key) ?? 0) + 1)
    }
  }
  const open = [...edges].filter(([key, n]) => n !== 1 || !edges.has(key.split(' ').reverse().join(' ')))
  expect(open).toEqual([])
  const { vertices } = meshOf(3, net, PLAIN)
  for (let at = 0; at < vertices.length; at += 6) {
    const [x, y, z, nx, ny, nz] = [...vertices.subarray(at, at + 6)] as [number, number, number, number, number, number]
    const radius = Math.hypot(x - 12, y - 12, z - 12)
    expect(Math.abs(radius - 8.6)).toBeLessThan(0.8)
    expect((nx * (x - 12) + ny * (y - 12) + nz * (z - 12)) / radius).toBeGreaterThan(0.8)
  }
})

test('an arch of one voxel by two stays one piece of surface', () => {
  const labels = new Uint8Array(24 ** 3)
  for (let i = 4; i < 20; i++) for (const j of [11, 12]) labels[i + 24 * (j + 24 * 12)] = 1
  const box = boxesOf(labels, DIMS, new Set([1])).get(1)
  const net = box && netOf(labels, DIMS, 1, box)
  expect((net?.triangles.length ?? 0) / 3).toBeGreaterThan(60)
})

test('millimetres follow the grid, also a tilted one', () => {
  const grid: Grid = { dims: [40, 40, 30], spacingMm: [0.5, 0.5, 3], originMm: [5, -7, 9], direction: [0, 0.8, 0.6, 0, 0.6, -0.8, -1, 0, 0] }
  const map = new ReducedMap(grid)
  expect(map.factor).toEqual([3, 3, 1])
  expect(map.dims).toEqual([14, 14, 30])
  const labels = new Uint8Array(40 * 40 * 30)
  labels[7 + 40 * (4 + 40 * 2)] = 9
  expect(map.layer(labels, 2).labels.indexOf(9)).toBe(2 + 14)
  const mesh = meshOf(1, { points: Float32Array.of(2, 1, 2), triangles: new Uint32Array(0) }, map.affine)
  const at = [5 - 6, -7 + 0.8 * 3.5 + 0.6 * 2, 9 + 0.6 * 3.5 - 0.8 * 2]
  expect([...mesh.vertices.subarray(0, 3)].map((value, axis) => Math.abs(value - (at[axis] as number)) < 1e-4)).toEqual([true, true, true])
})

const layersOf = (labels: Uint8Array) => Array.from({ length: 24 }, (_, k) => ({ k, labels: labels.slice(k * 576, (k + 1) * 576) }))

test('only what changed is meshed again, and what is gone is told', async () => {
  const told: FromMesher[] = []
  const done = () => told.filter(({ kind }) => kind === 'done').length
  const mesher = new Mesher((message) => told.push(message), () => Promise.resolve())
  const settle = async (n: number) => {
    while (done() < n) await new Promise((next) => setTimeout(next))
  }
  const labels = ball()
  labels[0] = 1
  mesher.take({ kind: 'map', shape: { dims: DIMS, affine: PLAIN } })
  mesher.take({ kind: 'slabs', edition: 1, slabs: layersOf(labels) })
  await settle(1)
  expect(told.flatMap((one) => (one.kind === 'mesh' ? one.mesh.number : [])).sort()).toEqual([1, 3])
  told.length = 0
  labels[0] = 0
  mesher.take({ kind: 'slabs', edition: 2, slabs: [layersOf(labels)[0] as never] })
  await settle(1)
  expect(told).toEqual([{ kind: 'gone', number: 1 }, { kind: 'done', edition: 2 }])
})

test('layers that come meanwhile end what is outdated', async () => {
  const told: FromMesher[] = []
  const labels = ball()
  for (const number of [1, 2]) labels[number] = number
  let rests = 0
  const mesher: Mesher = new Mesher((message) => told.push(message), async () => {
    if (++rests === 1) mesher.take({ kind: 'slabs', edition: 2, slabs: layersOf(ball(5)) })
  })
  mesher.take({ kind: 'map', shape: { dims: DIMS, affine: PLAIN } })
  mesher.take({ kind: 'slabs', edition: 1, slabs: layersOf(labels) })
  while (!told.some(({ kind }) => kind === 'done')) await new Promise((next) => setTimeout(next))
  expect(told.filter(({ kind }) => kind === 'mesh')).toHaveLength(1)
  expect(told.filter(({ kind }) => kind === 'gone')).toHaveLength(2)
  expect(told.at(-1)).toEqual({ kind: 'done', edition: 2 })
})

test('the axes of the screen stay square to each other however the spine is turned', () => {
  for (const turn of [START, turned(START, 200, -90), turned(START, -700, 900)]) {
    const { right, up, towards } = axesOf(turn)
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, at) => sum + value * (b[at] as number), 0)
    expect([dot(right, up), dot(up, towards), dot(right, towards)].map((value) => Math.abs(value) < 1e-9)).toEqual([true, true, true])
    const cross = [right[1] * up[2] - right[2] * up[1], right[2] * up[0] - right[0] * up[2], right[0] * up[1] - right[1] * up[0]]
    expect(dot(cross, towards)).toBeCloseTo(1)
  }
})

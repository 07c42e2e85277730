import { describe, expect, it } from 'vitest'
import { flatIndex, type Grid } from '../../domain/geometry'
import { bodiesOf } from './bodies'

const GRID: Grid = {
  dims: [60, 40, 5],
  spacingMm: [1, 1, 3],
  originMm: [0, 0, 0],
  direction: [0, 1, 0, 0, 0, -1, -1, 0, 0],
}

/** Body from column 10 to 29 and row 8 to 27, a canal, and a process from column 45 on, lower. */
function vertebra(): Uint8Array {
  const labels = new Uint8Array(60 * 40 * 5)
  const fill = (from: number, to: number, top: number, bottom: number, k: number) => {
    for (let j = top; j <= bottom; j++) for (let i = from; i <= to; i++) labels[flatIndex(GRID.dims, i, j, k)] = 7
  }
  for (const k of [1, 2, 3]) fill(10, 29, 8, 27, k)
  fill(45, 55, 20, 39, 2)
  return labels
}

describe('the bodies of painted vertebrae', () => {
  it('lie in front of the canal, whatever the process behind it adds', () => {
    const body = bodiesOf(GRID, vertebra()).get(7)
    expect(body?.centreMm[0]).toBeCloseTo(-6, 9)
    expect(body?.centreMm[1]).toBeCloseTo(19.5, 0)
    expect(body?.centreMm[2]).toBeCloseTo(-17.5, 9)
    expect([body?.depthMm, body?.heightMm]).toEqual([20, 20])
  })

  it('are only those that are painted', () => {
    expect(bodiesOf(GRID, new Uint8Array(60 * 40 * 5)).size).toBe(0)
  })

  it('stand at the middle of the voxels where nothing is as deep as a body', () => {
    const labels = new Uint8Array(60 * 40 * 5)
    labels[flatIndex(GRID.dims, 30, 10, 2)] = 3
    expect(bodiesOf(GRID, labels).get(3)?.centreMm).toEqual([-6, 30, -10])
  })
})

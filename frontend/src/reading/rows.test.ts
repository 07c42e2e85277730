import { describe, expect, it } from 'vitest'
import { planRows } from './rows'

const ROOM = { height: 800, smallestRow: 38, largestScale: 6 }

function spine(count: number, body: number, disc: number) {
  return Array.from({ length: count }, (_, n) => ({
    number: n + 1,
    top: 30 + n * (body + disc),
    bottom: 30 + n * (body + disc) + body,
  }))
}

describe('rows beside the spine', () => {
  it('lie at the height of their vertebrae', () => {
    const extents = spine(13, 20, 4)
    const plan = planRows(extents, ROOM)
    for (const extent of extents) {
      const row = plan.rows.find((entry) => entry.number === extent.number)
      const middle = ((extent.top + extent.bottom) / 2 - plan.startMm) * plan.scale
      expect(row && row.top <= middle && middle <= row.top + row.height).toBe(true)
    }
    expect(plan.height).toBeCloseTo(800, 6)
  })

  it('follow each other without gap or overlap', () => {
    const { rows } = planRows(spine(17, 21, 5), ROOM)
    rows.slice(1).forEach((row, place) => {
      const above = rows[place]
      expect(row.top).toBeCloseTo((above?.top ?? 0) + (above?.height ?? 0), 9)
    })
  })

  it('grow beyond the room before they become too small to press', () => {
    const plan = planRows(spine(24, 16, 3), ROOM)
    expect(Math.min(...plan.rows.map((row) => row.height))).toBeGreaterThanOrEqual(38 - 1e-9)
    expect(plan.height).toBeGreaterThan(800)
  })

  it('come last where a vertebra has no place on the picture', () => {
    const plan = planRows([{ number: 9, top: null, bottom: null }, ...spine(2, 20, 4)], ROOM)
    expect(plan.rows.map((row) => row.number)).toEqual([1, 2, 9])
    expect(plan.rows[2]?.height).toBe(38)
  })

  it('are even without any picture', () => {
    const plan = planRows([{ number: 1, top: null, bottom: null }], ROOM)
    expect(plan.rows).toEqual([{ number: 1, top: 0, height: 60 }])
  })
})

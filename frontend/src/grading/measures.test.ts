import type { TFunction } from 'i18next'
import { describe, expect, it } from 'vitest'
import type { Normals } from '../api/types'
import { aFinding } from './aFinding'
import { expectedHeights } from './neighbours'
import { measuresOf, type Surroundings } from './measures'

/** Says the key and what it is told, so that the words do not matter here. */
const t = ((key: string, told?: Record<string, unknown>) =>
  told ? `${key} ${JSON.stringify(told)}` : key) as unknown as TFunction

const body = (front: number, middle: number, back: number, aside = 0) =>
  [front, middle, back].map((height, place) => [
    [place === 1 ? aside : 0, 15 * place, height],
    [0, 15 * place, 0],
  ])
const finding = (number: number, level: string, heights: [number, number, number], aside = 0) =>
  aFinding(number, level, { heights_mm: heights, six_points_mm: body(...heights, aside) })

const spine = [finding(1, 'T6', [20, 19, 20]), finding(2, 'T7', [15, 18, 20]), finding(3, 'T8', [22, 20, 22])]
const around = (said: Partial<Surroundings> = {}): Surroundings => ({
  expected: expectedHeights(spine, 2),
  normals: undefined,
  frame: 'patient_mm',
  nameOf: ({ level }) => level ?? '',
  t,
  ...said,
})
const valueOf = (id: string, said: Partial<Surroundings> = {}, one = spine[1]) =>
  one && measuresOf(one, around(said)).find((measure) => measure.id === id)

const normals = (ratios: [number, number] | null): Normals => ({
  minimum_n: 30,
  levels: [
    { level: 'T7', n: 12, n_used: ratios ? 41 : 0, pooled: ratios ? ['T5', 'T6', 'T7'] : [], ratios, spread: ratios && [0.04, 0.03], heights_mm: ratios && [19, 18, 20] },
  ],
})

describe('measures beside G', () => {
  it('are the worked examples', () => {
    expect(valueOf('own')?.value).toBe('25 · 10 · 0 %')
    expect(valueOf('ratio')?.value).toBe('0.75')
    expect(valueOf('compression')?.value).toBe('29 %')
    expect(valueOf('compression')?.name).toContain('T6, T8')
    expect(valueOf('wedge')?.value).toBe('9.5°')
  })

  it('leave compression out without a neighbour', () => {
    expect(valueOf('compression', { expected: null })).toBeUndefined()
  })

  it("are off by the level's normal until there are enough, and say how many there are", () => {
    expect(valueOf('adjusted')).toBeUndefined()
    const off = valueOf('adjusted', { normals: normals(null) })
    expect([off?.value, off?.isOff]).toEqual(['reading.measure.off', true])
    expect(off?.how).toBe('reading.made.normalsOff {"n":12,"level":"T7","minimum":30}')
    const on = valueOf('adjusted', { normals: normals([0.75, 0.9]) })
    expect(on?.value).toBe('1.00')
    expect(on?.how).toContain('"n":41,"levels":"T5–T7"')
  })

  it('warn of points apart sideways and of unusual heights, but know neither of pixels', () => {
    const odd = finding(2, 'T7', [3, 18, 50], 8)
    expect(valueOf('spread', {}, odd)?.value).toBe('1.09 ×')
    expect(measuresOf(odd, around()).filter(({ id }) => id === 'unusual')).toHaveLength(2)
    const inPixels = measuresOf(odd, around({ frame: 'pixel' })).map(({ id }) => id)
    expect(inPixels).toEqual(['own', 'wedge', 'ratio', 'compression'])
  })

  it('need points', () => {
    expect(measuresOf(aFinding(2, 'T7', { heights_mm: null }), around())).toEqual([])
  })
})

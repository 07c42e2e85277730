/** Where things stand in the two small charts: columns of groups over a scale with round steps. */
export const WIDTH = 560
export const HEIGHT = 234
export const LEFT = 36
export const TOP = 28
export const BOTTOM = 30
const STEPS = [1, 2, 5]

/** Round values from 0 to at least `most`, four to six of them. */
export function scaleTo(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1e-6) / 4))
  const step = [...STEPS, 10].map((one) => one * power).find((one) => most / one <= 5) ?? most
  const count = Math.max(1, Math.ceil(most / step - 1e-9))
  return Array.from({ length: count + 1 }, (_, at) => at * step)
}

/** Pixels from the top for a value on a scale that ends at `most`. */
export const yOf = (value: number, most: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most)

/** Middle of the column of group `at` of `count`. */
export const xOf = (at: number, count: number): number => LEFT + ((WIDTH - LEFT) * (at + 0.5)) / count

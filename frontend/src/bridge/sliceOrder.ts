/**
 * The order in which slices are fetched: the middle one, then every fourth from the middle outward,
 * then the rest from the middle outward. A slice that someone looks at goes first.
 */
export function interleaved(n: number): number[] {
  const middle = Math.floor(n / 2)
  const outward = Array.from({ length: n }, (_, k) => k).sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b)
  const isFirst = (k: number) => (k - middle) % 4 === 0
  return [...outward.filter(isFirst), ...outward.filter((k) => !isFirst(k))]
}

export class SliceOrder {
  private readonly order: number[]
  private readonly left: Set<number>
  private wanted: number[] = []
  private place = 0

  constructor(n: number) {
    this.order = interleaved(n)
    this.left = new Set(this.order)
  }

  /** Slices to fetch before all others, the first first. */
  prefer(slices: readonly number[]): void {
    this.wanted = slices.filter((k) => this.left.has(k))
  }

  /** Takes the next slice, or null when all are taken. */
  take(): number | null {
    let next = this.wanted.shift()
    while (next !== undefined && !this.left.has(next)) next = this.wanted.shift()
    while (next === undefined && this.place < this.order.length) {
      const candidate = this.order[this.place++] as number
      if (this.left.has(candidate)) next = candidate
    }
    if (next === undefined) return null
    this.left.delete(next)
    return next
  }
}

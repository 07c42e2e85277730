import type { ImportFinding } from '../api/types'

export interface GapAt {
  from: number
  to: number
  mm: number
}

export interface SliceSteps {
  first: number
  last: number
  /** The usual distance of neighbours (median), in millimetres. */
  usual: number
  /** Where the distance is not the usual one; slices are counted from 1. */
  gaps: GapAt[]
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/**
 * Finds the places where slices do not follow each other evenly.
 *
 * `gaps` of a finding are indices of the slice before a gap; where the server names none, none is drawn.
 */
export function stepsOf(finding: Pick<ImportFinding, 'positions_mm' | 'gaps'>): SliceSteps | null {
  const positions = finding.positions_mm
  const [first, last] = [positions?.[0], positions?.at(-1)]
  if (!positions || first === undefined || last === undefined || positions.length < 2) return null
  const steps = positions.slice(1).map((value, i) => Math.abs(value - (positions[i] ?? value)))
  const gaps = (finding.gaps ?? []).flatMap((before) => {
    const mm = steps[before]
    return mm === undefined ? [] : [{ from: before + 1, to: before + 2, mm }]
  })
  return { first, last, usual: median(steps), gaps }
}

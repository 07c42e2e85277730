/** What a person can set about the tools. */
import type { CutAct, Side } from './planar'

export interface ToolOptions {
  /** Range of the density limit (T); no upper end where null. */
  readonly huLow: number
  readonly huHigh: number | null
  /** Least tolerance of the edge-following brush. */
  readonly adaptiveHu: number
  readonly cutShape: 'lasso' | 'polygon' | 'rectangle'
  readonly cutAct: CutAct
  /** Slices that the scissors go through: the one shown, some around it, or all. */
  readonly cutSlices: 'one' | 'some' | 'all'
  readonly cutCount: number
  readonly fillBound: 'levels' | 'density'
  readonly fillIn: 'slice' | 'volume'
  readonly fillLimitMl: number
  readonly islands: 'largest' | 'cursor' | 'neighbour'
  readonly holesIn: 'slice' | 'volume'
  /** Largest hole filled in a slice. */
  readonly holesMm2: number
  readonly smoothMm: number
  readonly growMm: number
  readonly splitSide: Side
  readonly splitTo: 'neighbour' | 'new'
  readonly mergeInto: Side
}

export const BONE_FROM_HU = 150

export const USUAL_OPTIONS: ToolOptions = {
  huLow: BONE_FROM_HU, huHigh: null,
  adaptiveHu: 100,
  cutShape: 'lasso', cutAct: 'erase', cutSlices: 'all', cutCount: 5,
  fillBound: 'levels', fillIn: 'slice', fillLimitMl: 20,
  islands: 'largest',
  holesIn: 'volume', holesMm2: 60,
  smoothMm: 1,
  growMm: 1,
  splitSide: 'below', splitTo: 'neighbour',
  mergeInto: 'below',
}

/** Slices of a plane that the scissors go through, first and last. */
export function slicesCut({ cutSlices, cutCount }: ToolOptions, index: number, count: number): [number, number] {
  if (cutSlices === 'all') return [0, count - 1]
  const around = cutSlices === 'one' ? 0 : Math.floor((cutCount - 1) / 2)
  return [Math.max(0, index - around), Math.min(count - 1, index + around)]
}

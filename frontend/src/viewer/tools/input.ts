/**
 * What every tool is given and what it answers. A tool reads label map, HU and grid and says what the
 * map holds afterwards; it writes nothing. Tools work on the whole volume or on a box cut out of it.
 */
import type { Grid, Vec3 } from '../../domain/geometry'

export type Axis = 0 | 1 | 2
export const AXES = [0, 1, 2] as const

/** HU that may be painted on, both ends included; `high` null has no upper end. */
export interface HuRange {
  readonly low: number
  readonly high: number | null
}

export interface ToolInput {
  readonly grid: Pick<Grid, 'dims' | 'spacingMm'>
  /** Vertebra numbers by flat index; not to be written. */
  readonly labels: Uint8Array
  readonly hu: Int16Array
  /** Vertebra number in hand. */
  readonly active: number
  /** Whether a voxel of this number may be given another. */
  readonly mayChange: (value: number) => boolean
  /** Limits where voxels are added; null for none. */
  readonly paintOn: HuRange | null
}

export type Reason =
  | 'nothing' | 'outside' | 'locked' | 'alreadyThere' | 'noLevelThere' | 'notOnLevel' | 'mainPiece' | 'otherHu' | 'leak'
  | 'noLevel' | 'noNeighbour' | 'noNameFree' | 'notInModel' | 'notSharp' | 'changed'

/** Why a tool does nothing; a leak says how many voxels it would change. */
export interface Refusal {
  readonly refused: Reason
  readonly voxels?: number
  /** The count was given up: it would be more than `voxels`. */
  readonly isMore?: boolean
}

/** The label map afterwards, of the input's size, or why there is none. */
export type Outcome = Uint8Array | Refusal

export const refuse = (refused: Reason, more: Omit<Refusal, 'refused'> = {}): Refusal => ({ refused, ...more })
export const isRefusal = (outcome: object): outcome is Refusal => 'refused' in outcome

/** What may be overwritten: everything, or with the neighbours locked only empty voxels and the level in hand. */
export const freeOf = (active: number, lockNeighbours: boolean) => (value: number): boolean =>
  !lockNeighbours || value === 0 || value === active

export const isWithin = (hu: number, range: HuRange | null): boolean =>
  range === null || (hu >= range.low && (range.high === null || hu <= range.high))

/** Whether the level in hand may be painted onto a voxel that it does not hold yet. */
export function mayBecomeActive({ labels, hu, active, mayChange, paintOn }: ToolInput, index: number): boolean {
  const value = labels[index] as number
  return value !== active && mayChange(value) && isWithin(hu[index] as number, paintOn)
}

/** Calls `act` for each voxel of a grid in the order of the flat index. */
export function eachVoxel(dims: Vec3, act: (index: number, i: number, j: number, k: number) => void): void {
  let index = 0
  for (let k = 0; k < dims[2]; k++)
    for (let j = 0; j < dims[1]; j++)
      for (let i = 0; i < dims[0]; i++) act(index++, i, j, k)
}

/** Steps in the flat index along i, j and k. */
export const strides = (dims: Vec3): readonly [number, number, number] => [1, dims[0], dims[0] * dims[1]]

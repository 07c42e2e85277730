/** Tools that may take a while, by name, and what is sent to the worker that runs them. */
import type { Grid } from '../../domain/geometry'
import { grow, shrink } from './grow'
import { fillHoles } from './holes'
import { freeOf, type HuRange, type Outcome, type ToolInput } from './input'
import { interpolate } from './interpolate'
import { absorbPiece, givePiecesAway, keepLargest, removePiece } from './islands'
import { cut, split } from './planar'
import { smooth } from './smooth'
import { renumber, takeFrom } from './whole'

export const JOBS = {
  keepLargest, removePiece, givePiecesAway, absorbPiece, fillHoles, smooth, interpolate, grow, shrink, cut, split, renumber, takeFrom,
} as const
export type JobName = keyof typeof JOBS
export type JobOptions<Name extends JobName> = Parameters<(typeof JOBS)[Name]>[1]

/** A tool's input in a form that can be sent. */
export interface SentInput {
  readonly grid: Pick<Grid, 'dims' | 'spacingMm'>
  readonly labels: Uint8Array<ArrayBuffer>
  readonly hu: Int16Array<ArrayBuffer>
  readonly active: number
  readonly lockNeighbours: boolean
  readonly paintOn: HuRange | null
}

export interface Job<Name extends JobName = JobName> {
  readonly name: Name
  readonly input: SentInput
  readonly options: JobOptions<Name>
}

export interface JobDone {
  readonly outcome: Outcome
  /** Set where the tool failed. */
  readonly error?: string
}

export function runJob({ name, input, options }: Job): Outcome {
  const given: ToolInput = { ...input, mayChange: freeOf(input.active, input.lockNeighbours) }
  return (JOBS[name] as (input: ToolInput, options: unknown) => Outcome)(given, options)
}

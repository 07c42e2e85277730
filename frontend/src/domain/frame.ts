/** Radiographs beside CT: what is flat, in which unit lengths are, and sizes on screen without any. */
import { hasMillimetres, type LengthFrame } from './format'

/** A radiograph: one picture, no depth, no density. */
export const isFlat = (frame: LengthFrame): boolean => frame !== 'patient_mm'

export const unitOf = (frame: LengthFrame): 'mm' | 'px' => (hasMillimetres(frame) ? 'mm' : 'px')

/** Millimetres that a lateral film of the spine is about high; only sizes on screen follow from it. */
const FILM_MM = 430

/** Units of length that about one millimetre of a body takes: 1, or the pixels of a film without spacing. */
export const unitsPerMm = (frame: LengthFrame, dims: readonly [number, number, number]): number =>
  frame === 'pixel' ? Math.max(dims[0], dims[1]) / FILM_MM : 1

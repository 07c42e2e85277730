/**
 * Names and order of vertebrae. A level is an anatomical name ("T12"); label numbers of VerSe are
 * known to the server's file doors only and do not occur here.
 */
const range = (letter: string, n: number) => Array.from({ length: n }, (_, i) => `${letter}${i + 1}`)

/** All levels from cranial to caudal, T13 after T12. */
export const LEVELS: readonly string[] = [...range('C', 7), ...range('T', 13), ...range('L', 6), 'S1', 'Co']

export type Region = 'cervical' | 'thoracic' | 'lumbar' | 'sacral'
export type LevelScheme = 'T' | 'Th'

/** Place of a level from cranial (0) to caudal; throws for an unknown name. */
export function placeOf(level: string): number {
  const place = LEVELS.indexOf(level)
  if (place < 0) throw new RangeError(`"${level}" is not a vertebral level`)
  return place
}

const REGIONS: Record<string, Region> = { C: 'cervical', T: 'thoracic', L: 'lumbar' }

export function regionOf(level: string): Region {
  placeOf(level)
  return level === 'S1' || level === 'Co' ? 'sacral' : (REGIONS[level.charAt(0)] as Region)
}

/** Fractures are graded at thoracic and lumbar levels only. */
export function isGraded(level: string): boolean {
  const region = regionOf(level)
  return region === 'thoracic' || region === 'lumbar'
}

/** Compares two levels for sorting; vertebrae without a level come last. */
export function compareLevels(a: string | null, b: string | null): number {
  if (a === b) return 0
  if (a === null) return 1
  return b === null ? -1 : placeOf(a) - placeOf(b)
}

/** Level as the dataset writes it: T12 or Th12. */
export function levelName(level: string, scheme: LevelScheme = 'T'): string {
  return scheme === 'Th' && level.startsWith('T') ? `Th${level.slice(1)}` : level
}

/** Reads a typed name ("l2", "th12", "T 12") as a level, or null. */
export function parseLevel(typed: string): string | null {
  const bare = typed.replace(/\s/g, '').toUpperCase().replace(/^TH/, 'T')
  return LEVELS.find((level) => level.toUpperCase() === bare) ?? null
}

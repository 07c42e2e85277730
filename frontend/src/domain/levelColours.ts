import { LEVELS } from './vertebrae'

/**
 * Colours of levels: a cycle of eight in anatomical order from C1, so that none returns within seven
 * levels; chosen to stay apart for protan, deutan and tritan eyes (simulation after Machado et al.
 * 2009, doi:10.1109/TVCG.2009.113). T13, L6, S1 and the coccyx lie outside the cycle.
 */
const CYCLE = ['#A38207', '#0E94BA', '#B5E59B', '#EBC3FD', '#C4588F', '#9690F1', '#FFA659', '#79ECD7']
const OUTSIDE: Record<string, string> = { T13: '#F4F1EA', L6: '#B0603A', S1: '#9FB0C3', Co: '#7D8894' }
const IN_CYCLE = LEVELS.filter((level) => !(level in OUTSIDE))

/** Vertebrae that no one has named yet. */
export const NO_LEVEL_COLOUR = '#C9CED6'

/** Colour of a level as #rrggbb; `NO_LEVEL_COLOUR` where it is null or unknown. */
export function colourOf(level: string | null): string {
  if (level === null) return NO_LEVEL_COLOUR
  const place = IN_CYCLE.indexOf(level)
  return OUTSIDE[level] ?? (place < 0 ? NO_LEVEL_COLOUR : (CYCLE[place % CYCLE.length] as string))
}

/** T13 and L6 are drawn hatched where there is room for it. */
export const isHatched = (level: string | null): boolean => level === 'T13' || level === 'L6'

/** Red, green, blue (0-255) of #rrggbb. */
export function rgbOf(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

/** Spines that have a vertebra more or fewer than most; the twin of annotation/domain/anomalies.py. */
import { LEVELS } from './vertebrae'

export const ANOMALIES = ['has_T13', 'has_L6', 'lacks_T12', 'lacks_L5'] as const
export type Anomaly = (typeof ANOMALIES)[number]

/** Anomalies that no spine has at once. */
export const EXCLUDES: Readonly<Record<Anomaly, Anomaly>> = {
  has_T13: 'lacks_T12', lacks_T12: 'has_T13', has_L6: 'lacks_L5', lacks_L5: 'has_L6',
}

/** The level an anomaly is about, and whether it adds it. */
export const anomalyOf = (level: string): Anomaly | null => (level === 'T13' ? 'has_T13' : level === 'L6' ? 'has_L6' : null)

/** Levels of a whole spine with these anomalies, from cranial to caudal. */
export function expectedChain(anomalies: Iterable<Anomaly> = []): readonly string[] {
  const declared = new Set(anomalies)
  const absent = new Set<string>()
  if (!declared.has('has_T13')) absent.add('T13')
  if (!declared.has('has_L6')) absent.add('L6')
  if (declared.has('lacks_T12')) absent.add('T12')
  if (declared.has('lacks_L5')) absent.add('L5')
  return LEVELS.filter((level) => !absent.has(level))
}

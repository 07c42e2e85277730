/** The one way numbers and times are written on screen. */
const LOCALE = 'en-GB'

/** Number with a fixed count of decimals and a true minus sign. */
export function formatNumber(value: number, decimals = 0): string {
  const text = new Intl.NumberFormat(LOCALE, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(Object.is(Number(value.toFixed(decimals)), -0) ? 0 : value)
  return text.replace('-', '\u2212')
}

/** What a picture's lengths are: of the patient, of a detector, or not known to be millimetres at all. */
export type LengthFrame = 'patient_mm' | 'detector_mm' | 'pixel'

export const hasMillimetres = (frame: LengthFrame): boolean => frame !== 'pixel'

/** A length as a bare figure; null where the picture's pixels have no size that is known. */
export function formatMm(value: number, frame: LengthFrame, decimals = 1): string | null {
  return hasMillimetres(frame) ? formatNumber(value, decimals) : null
}

/** LPS millimetres as anatomy says it: "R 4.5 A 12.0 S 83.0 mm". */
export function formatPositionMm(lps: readonly [number, number, number]): string {
  const letters = ['LR', 'PA', 'SI']
  const parts = lps.map((value, i) => `${letters[i]?.charAt(value >= 0 ? 0 : 1)} ${formatNumber(Math.abs(value), 1)}`)
  return `${parts.join(' ')} mm`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${formatNumber(value, power === 0 || value >= 100 ? 0 : 1)} ${UNITS[power]}`
}

/** Clock time in the viewer's zone: "14:52". */
export function formatClock(at: Date): string {
  return new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' }).format(at)
}

/** Day and clock time in the viewer's zone: "21 Nov 2026, 14:52". */
export function formatMoment(at: Date): string {
  return new Intl.DateTimeFormat(LOCALE, {
    day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit',
  }).format(at)
}

/** Day in the viewer's zone: "21 Nov 2026". */
export function formatDay(at: Date): string {
  return new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' }).format(at)
}

/** "5 s ago", "12 min ago", and after one hour the absolute time. */
export function formatAgo(at: Date, now: Date = new Date()): string {
  const seconds = Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  return formatMoment(at)
}

/** Minutes and seconds: "4:10". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** Share of the whole, given in hundredths: "40 %". */
export function formatPercent(hundredths: number, decimals = 0): string {
  return `${formatNumber(hundredths, decimals)} %`
}

/** How long something waits: "9 d", below one day "5 h", below one hour "12 min". */
export function formatWait(days: number): string {
  if (days >= 1) return `${formatNumber(Math.floor(days))} d`
  const minutes = Math.floor(days * 24 * 60)
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h`
  return minutes >= 1 ? `${minutes} min` : '< 1 min'
}

/** Voxel spacing: "0.78 × 0.78 × 1.00". */
export function formatSpacing(spacingMm: readonly number[]): string {
  return spacingMm.map((value) => formatNumber(value, 2)).join(' × ')
}

/** Difference with its sign: "+0.004". */
export function formatChange(value: number, decimals: number): string {
  const text = formatNumber(value, decimals)
  return Number(value.toFixed(decimals)) > 0 ? `+${text}` : text
}

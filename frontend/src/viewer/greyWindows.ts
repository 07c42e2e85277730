/** Windows to look through: fixed densities for a CT, fitted to the picture for a radiograph. */
import type { GreyWindow, VolumeMeta } from '../api/types'

export const WINDOWS = {
  bone: { center: 260, width: 1050 },
  softTissue: { center: 50, width: 400 },
  lung: { center: -500, width: 1500 },
} as const

export type Preset = keyof typeof WINDOWS | 'stated' | 'picture'
export type Windows = Readonly<Partial<Record<Preset, GreyWindow>>>

/** Windows in the order they are gone through: not every database keeps the order of names. */
export function windowsOf({ radiograph }: Pick<VolumeMeta, 'radiograph'>): Windows {
  if (!radiograph) return WINDOWS
  const { stated, picture, bone } = radiograph.windows
  return { ...(stated && { stated }), picture, bone }
}

/** The window after this one: the presets in order, then the one that was dragged last. */
export function windowAfter(windows: Windows, preset: Preset | null, own: GreyWindow | null): { preset: Preset | null; window: GreyWindow } {
  const names = Object.keys(windows) as Preset[]
  const next = names[preset === null ? 0 : names.indexOf(preset) + 1]
  const first = names[0] as Preset
  if (next) return { preset: next, window: windows[next] as GreyWindow }
  return own && preset !== null ? { preset: null, window: own } : { preset: first, window: windows[first] as GreyWindow }
}

/** Which panes are on screen: one, three, or four with the surface of the spine. */
import type { Plane } from './planes'

export type Panes = 'one' | 'three' | 'four'
export type PaneName = Plane | 'surface'

export interface PaneLayout {
  readonly panes: Panes
  /** The one that is alone where `panes` is 'one'. */
  readonly alone: PaneName
}

const ALL: Readonly<Record<Exclude<Panes, 'one'>, readonly PaneName[]>> = {
  three: ['sagittal', 'axial', 'coronal'],
  four: ['sagittal', 'axial', 'coronal', 'surface'],
}
const NEXT: Readonly<Record<Panes, Panes>> = { three: 'four', four: 'one', one: 'three' }

export const shownPanes = ({ panes, alone }: PaneLayout): readonly PaneName[] => (panes === 'one' ? [alone] : ALL[panes])

/** The layout after this one: three, four, the active pane alone. */
export const nextLayout = ({ panes }: PaneLayout, active: Plane): PaneLayout => ({ panes: NEXT[panes], alone: active })

/** One pane alone, or all again as they were before. */
export const maximised = (now: PaneLayout, pane: PaneName, before: Exclude<Panes, 'one'>): PaneLayout =>
  now.panes === 'one' ? { panes: before, alone: now.alone } : { panes: 'one', alone: pane }

/** The plane that a key moves on to from the active one. */
export function planeAfter(layout: PaneLayout, active: Plane): Plane {
  const planes = shownPanes({ ...layout, panes: layout.panes === 'one' ? 'three' : layout.panes }).filter((pane): pane is Plane => pane !== 'surface')
  return planes[(planes.indexOf(active) + 1) % planes.length] ?? active
}

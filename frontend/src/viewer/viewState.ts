/** What a viewer shows and which tool is in hand; one store per viewer. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Vec3 } from '../domain/geometry'
import type { PaneName, Panes } from './panes'
import { type Preset, WINDOWS } from './greyWindows'
import type { Glow } from './glow'
import type { Plane, Size, View } from './planes'
import { type ToolOptions, USUAL_OPTIONS } from './tools/options'

/**
 * What the left button does: `look` sets the crosshair, as do tools that act on a level as a whole
 * while they show their options.
 */
export type ToolInHand =
  | 'look' | 'brush' | 'eraser' | 'adaptive' | 'scissors' | 'fill' | 'pick'
  | 'islands' | 'holes' | 'smooth' | 'split' | 'merge' | 'absorb' | 'grow'

/** What is being drawn in a pane and not yet done. */
export interface Drawing {
  readonly plane: Plane
  readonly kind: ToolOptions['cutShape'] | 'line'
  /** LPS millimetres; the last one follows the pointer, except in a polygon. */
  readonly points: readonly Vec3[]
  /** Slice of the plane that it was begun in. */
  readonly slice: number
  readonly isErasing: boolean
}

/** What a tool said last: text of the strings `tools.said`, with its values. */
export interface Notice {
  readonly tone: 'done' | 'refused'
  readonly text: string
  readonly values: Readonly<Record<string, string | number | null>>
}

export interface ViewState {
  readonly focusMm: Vec3
  readonly views: Readonly<Record<Plane, View>> | null
  readonly sizes: Readonly<Record<Plane, Size>>
  readonly window: { readonly center: number; readonly width: number }
  /** Null after the window was dragged. */
  readonly preset: Preset | null
  /** As it was last dragged. */
  readonly ownWindow: { readonly center: number; readonly width: number } | null
  /** Bright and dark are exchanged. */
  readonly isInverted: boolean
  /** A radiograph is shown with local contrast. */
  readonly isEqualised: boolean
  readonly fill: number
  readonly outlineOnly: boolean
  readonly isOverlayHidden: boolean
  readonly activePane: Plane
  readonly panes: Panes
  /** The pane that is alone where `panes` is 'one'. */
  readonly alone: PaneName
  /** How many there were when more than one was last shown. */
  readonly several: Exclude<Panes, 'one'>
  /** Where the mouse is, or null outside the panes. */
  readonly cursor: { readonly plane: Plane; readonly pixel: readonly [number, number]; readonly mm: Vec3 } | null
  readonly tool: ToolInHand
  readonly shape: 'disc' | 'ball'
  readonly radiusMm: number
  readonly boneOnly: boolean
  readonly lockNeighbours: boolean
  readonly options: ToolOptions
  readonly drawing: Drawing | null
  readonly notice: Notice | null
  /** A tool is at work. */
  readonly isBusy: boolean
  /** What a change added and took away; null shows none. */
  readonly glow: Glow | null
  /** Vertebra number in hand; 0 for none. */
  readonly active: number
  readonly levels: ReadonlyMap<number, string | null>
  /** Grows whenever the label map changes. */
  readonly edition: number
  /** Grows whenever another label map is shown. */
  readonly labelsShown: number
  /** The viewports have painted at least once; before that a flat preview stands in. */
  readonly isDrawn: boolean
  /** The graphics card gave up; the page must be loaded anew, strokes are safe. */
  readonly isLost: boolean
}

export const SMALLEST_RADIUS_MM = 0.5
export const LARGEST_RADIUS_MM = 15

const nothing: Size = { width: 0, height: 0 }

export function createViewState(): StoreApi<ViewState> {
  return createStore<ViewState>(() => ({
    focusMm: [0, 0, 0],
    views: null,
    sizes: { sagittal: nothing, axial: nothing, coronal: nothing },
    window: WINDOWS.bone,
    preset: 'bone',
    ownWindow: null,
    isInverted: false,
    isEqualised: false,
    fill: 0.25,
    outlineOnly: false,
    isOverlayHidden: false,
    activePane: 'sagittal',
    panes: 'three',
    alone: 'sagittal',
    several: 'three',
    cursor: null,
    tool: 'look',
    shape: 'disc',
    radiusMm: 4,
    boneOnly: false,
    lockNeighbours: true,
    options: USUAL_OPTIONS,
    drawing: null,
    notice: null,
    isBusy: false,
    glow: null,
    active: 0,
    levels: new Map(),
    edition: 0,
    labelsShown: 0,
    isDrawn: false,
    isLost: false,
  }))
}

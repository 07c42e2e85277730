/**
 * The viewer: the only room that imports Cornerstone.
 *
 * ```tsx
 * const { loading, view } = useVolume(detail.volume)      // opens, streams, closes
 * useEffect(() => view?.setLabels(mask.labels), [view, mask])   // vertebra numbers by flat index
 * useEffect(() => view?.setLevels(new Map(detail.vertebrae.map((v) => [v.number, v.level]))), ...)
 * return view && <SpineViewer view={view} pins={[{ id, mm, text }]} />
 * ```
 *
 * `view.state` is a zustand store (focus, views, window, tool, active number ...); read it with
 * `useStore(view.state, (s) => s.tool)`. Commands: `flyTo(mm)`, `setFocus(mm)`, `scroll`, `zoom`, `pan`,
 * `setPreset('bone')`, `setFill`, `toggleOutline`, `hideOverlay(bool)`, `setActive(number)`,
 * `voxelAt(mm)`, `worldToCanvas(plane, mm)`, `canvasToWorld(plane, pixel)`. All points are LPS
 * millimetres, all pixels count from the upper left of the pane.
 *
 * Painting: put `tool: 'brush' | 'eraser'` into the state and listen with `view.editor.onAct((act) =>
 * ...)`; undo and redo come through the same listener. Whatever else changes mask or levels is an act
 * handed to `view.editor.commit(act)`: `levelAct(Tool.shift, number, changes)`, `paintAct(Tool.fill,
 * number, runs)`; a new vertebra gets `view.editor.nextNumber`. Left clicks of the tool 'look' move the
 * crosshair. `view.toolbox` holds the tools that act on a whole level (`smooth()`, `islands()` ...) with
 * their options (`set({ smoothMm: 2 })`); each ends in one act, or says why not in `state.notice`. Tools
 * are pure functions in ./tools and run in a worker on the level's box.
 *
 * Slices alone, without Cornerstone: `fetchMeta` and `loadSlice(meta, k)` of ../bridge.
 */
export { type Act, inverseOf, levelAct, type LevelChange, LevelMismatch, type Levels, levelsAfter, paintAct, voxelsOf } from './acts'
export { labelStats, type LabelStats } from './labelStats'
export { type Glow, glowOf } from './glow'
export type { Loading, Question } from './openVolume'
export type { Pin } from './Pane'
export { maximised, nextLayout, planeAfter } from './panes'
export type { Plane } from './planes'
export { SpineView } from './spineView'
export { SpineViewer } from './SpineViewer'
export { useVolume, type VolumeOnScreen } from './useVolume'
export { type Preset, WINDOWS } from './greyWindows'
export { FilmOptions } from './FilmOptions'
export { SpacingNote } from './SpacingNote'
export type { ToolInHand, ViewState } from './viewState'
export { BONE_FROM_HU, type ToolOptions } from './tools/options'
export { StatusLine } from './StatusLine'
export { Thumbnail } from './Thumbnail'
export { type Logged, loggedAct } from './undoStack'
export { VersionPicture } from './VersionPicture'

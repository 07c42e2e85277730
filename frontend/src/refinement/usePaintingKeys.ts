import type { CommandId } from '../keys/commands'
import { useCommand } from '../keys/useKeys'
import type { SpineView, ToolInHand } from '../viewer'

export type PaintingScope = 'refining' | 'checking'
type Act = 'brush' | 'eraser' | 'pick' | 'threshold' | 'lock' | 'smaller' | 'larger' | 'window' | 'islands' | 'modelMask'
const id = (scope: PaintingScope, act: Act): CommandId => `${scope}.${act}`

/** Keys of both workplaces: tools, sizes, limits, undo, window and overlay. */
export function usePaintingKeys(view: SpineView, scope: PaintingScope, mayPaint: boolean): void {
  const take = (tool: ToolInHand) => () => takeInHand(view, tool)
  const flip = (what: 'boneOnly' | 'lockNeighbours') => () => view.state.setState((state) => ({ [what]: !state[what] }))
  const painting = { enabled: mayPaint }
  useCommand(id(scope, 'brush'), take('brush'), painting)
  useCommand(id(scope, 'eraser'), take('eraser'), painting)
  useCommand(id(scope, 'pick'), () => pickUnderCursor(view) || take('pick')(), painting)
  useCommand(id(scope, 'threshold'), flip('boneOnly'), painting)
  useCommand(id(scope, 'lock'), flip('lockNeighbours'), painting)
  useCommand(id(scope, 'smaller'), () => view.editor.resize(-1), painting)
  useCommand(id(scope, 'larger'), () => view.editor.resize(1), painting)
  useCommand('undo', () => view.editor.undo(), painting)
  useCommand('redo', () => view.editor.redo(), painting)
  useToolKeys(view, scope, mayPaint)
  useCommand(id(scope, 'window'), () => view.nextPreset())
  useCommand('mask.invert', () => view.toggleInvert())
  useCommand('mask.equalise', () => view.toggleEqualised())
  useCommand('outlineOnly', () => view.toggleOutline())
  useCommand('hideOverlay', () => view.hideOverlay(true), { release: () => view.hideOverlay(false) })
}

/**
 * Tools beyond brush and eraser. What needs a place in the picture is taken in hand; what acts on the
 * whole level acts at once, as it was set last.
 */
function useToolKeys(view: SpineView, scope: PaintingScope, mayPaint: boolean): void {
  const { toolbox } = view
  const take = (tool: ToolInHand) => () => takeInHand(view, tool)
  const painting = { enabled: mayPaint }
  const isDrawingPolygon = () => view.state.getState().drawing?.kind === 'polygon'
  useCommand('mask.adaptive', take('adaptive'), painting)
  useCommand('mask.scissors', () => (isDrawingPolygon() ? toolbox.closePolygon() : take('scissors')()), painting)
  useCommand('mask.fill', take('fill'), painting)
  useCommand('mask.split', take('split'), painting)
  useCommand(id(scope, 'islands'), () => void toolbox.islands(), painting)
  useCommand('mask.holes', () => void toolbox.holes(), painting)
  useCommand('mask.smooth', () => void toolbox.smooth(), painting)
  useCommand('mask.interpolate', () => void toolbox.interpolate(), painting)
  useCommand('mask.merge', () => (view.state.getState().tool === 'merge' ? void toolbox.merge() : take('merge')()), painting)
  useCommand('mask.absorb', () => absorbUnderCursor(view) || take('absorb')(), painting)
  useCommand('mask.shrink', () => void toolbox.shrink(), painting)
  useCommand('mask.grow', () => void toolbox.grow(), painting)
  useCommand('mask.clear', () => void toolbox.clear(), painting)
  useCommand(id(scope, 'modelMask'), () => void toolbox.modelMask(), painting)
  useCommand('mask.cancel', () => toolbox.cancel(), painting)
}

/** Takes a tool in hand; what another one has half done is dropped. */
export function takeInHand(view: SpineView, tool: ToolInHand): void {
  view.state.setState({ tool, drawing: null })
}

/** Takes the level under the cursor; false where there is none. */
function pickUnderCursor(view: SpineView): boolean {
  const { cursor } = view.state.getState()
  const number = (cursor && view.voxelAt(cursor.mm)?.number) ?? 0
  if (number > 0) view.setActive(number)
  return number > 0
}

/** Absorbs the piece of another level under the cursor; false where there is none. */
function absorbUnderCursor(view: SpineView): boolean {
  const { cursor, active } = view.state.getState()
  const number = (cursor && view.voxelAt(cursor.mm)?.number) ?? 0
  if (!cursor || number === 0 || number === active) return false
  void view.toolbox.absorbAt(cursor.mm)
  return true
}

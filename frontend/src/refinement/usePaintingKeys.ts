import type { CommandId } from '../keys/commands'
import { useCommand } from '../keys/useKeys'
import type { SpineView, ToolInHand } from '../viewer'

type PaintingScope = 'refining' | 'checking'
type Act = 'brush' | 'eraser' | 'pick' | 'threshold' | 'lock' | 'smaller' | 'larger' | 'window'
const id = (scope: PaintingScope, act: Act): CommandId => `${scope}.${act}`

/** Keys of both workplaces: tools, sizes, limits, undo, window and overlay. */
export function usePaintingKeys(view: SpineView, scope: PaintingScope, mayPaint: boolean): void {
  const take = (tool: ToolInHand) => () => view.state.setState({ tool })
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
  useCommand(id(scope, 'window'), () => view.nextPreset())
  useCommand('mask.invert', () => view.toggleInvert())
  useCommand('outlineOnly', () => view.toggleOutline())
  useCommand('hideOverlay', () => view.hideOverlay(true), { release: () => view.hideOverlay(false) })
}

/** Takes the level under the cursor; false where there is none. */
function pickUnderCursor(view: SpineView): boolean {
  const { cursor } = view.state.getState()
  const number = (cursor && view.voxelAt(cursor.mm)?.number) ?? 0
  if (number > 0) view.setActive(number)
  return number > 0
}

import type { Grade, GradedShape } from '../grading/findings'
import { useCommand, useScope } from '../keys/useKeys'
import { snappedAll } from '../viewer/sixPoints/placing'
import type { Editing } from './EditPanel'
import type { Draft, Edit } from './useEdit'

interface Acts {
  readonly keep: () => void
  readonly grade: (grade: Grade) => void
  readonly shape: (shape: GradedShape) => void
}

/** Binds the keys of a sitting's own points and grade while they are made. */
export function useEditKeys(edit: Edit, draft: Draft, editing: Editing, { keep, grade, shape }: Acts): void {
  const { tool, plane } = editing
  const isPlacing = tool.placing !== null
  useScope('editing')
  useCommand('editing.grade0', () => grade(0))
  useCommand('editing.grade1', () => grade(1))
  useCommand('editing.grade2', () => grade(2))
  useCommand('editing.grade3', () => grade(3))
  useCommand('editing.wedge', () => shape('wedge'))
  useCommand('editing.biconcave', () => shape('biconcave'))
  useCommand('editing.crush', () => shape('crush'))
  useCommand('editing.points', focusFirst, { enabled: draft.points !== null })
  useCommand('editing.place', () => tool.place(isPlacing ? null : 0))
  useCommand('editing.snap', tool.toggleSnap)
  useCommand('editing.snapAll', () => {
    if (draft.points !== null && plane !== null) {
      edit.move(snappedAll(plane, { points: draft.points, by: draft.by }), 'end')
    }
  })
  useCommand('editing.plane', editing.togglePlane)
  useCommand('editing.remark', editing.toRemark)
  // While points are placed Escape belongs to the placing.
  useCommand('editing.stop', edit.stop, { enabled: !isPlacing })
  useCommand('undo', edit.undo)
  useCommand('submit', keep)
}

/** From the first handle on, Tab goes through the six points and arrow keys move them. */
function focusFirst(): void {
  document.querySelector<SVGElement>('[data-set="edit"] [data-point="00"][tabindex]')?.focus()
}

import type { Grade, GradedShape } from '../grading/findings'
import { confidenceChange, gradeChange, mayGrade, shapeChange } from '../grading/findings'
import { useCommand, useScope } from '../keys/useKeys'
import type { Acts } from './useActs'
import type { Desk } from './useDesk'

export type OpenMenu = 'notGraded' | 'material' | 'deformity' | 'remark' | 'ao' | 'counted' | null

interface Doors {
  readonly setMenu: (menu: OpenMenu) => void
  readonly togglePlane: () => void
  readonly askAmend: () => void
}

/** Binds the keys of the reading screen to its acts. */
export function useReadingKeys(desk: Desk, acts: Acts, { setMenu, togglePlane, askAmend }: Doors): void {
  const { active, isOpen } = desk
  const enabled = isOpen && active !== null && mayGrade(active)
  const grade = (value: Grade) => active && desk.change(active.number, gradeChange(active, value))
  const shape = (value: GradedShape) => active && desk.change(active.number, shapeChange(active, value))
  useScope('reading')
  useCommand('reading.grade0', () => grade(0), { enabled })
  useCommand('reading.grade1', () => grade(1), { enabled })
  useCommand('reading.grade2', () => grade(2), { enabled })
  useCommand('reading.grade3', () => grade(3), { enabled })
  useCommand('reading.wedge', () => shape('wedge'), { enabled })
  useCommand('reading.biconcave', () => shape('biconcave'), { enabled })
  useCommand('reading.crush', () => shape('crush'), { enabled })
  useCommand('reading.notGraded', () => setMenu('notGraded'), { enabled })
  useCommand('reading.material', () => setMenu('material'), { enabled: isOpen })
  useCommand('reading.deformity', () => setMenu('deformity'), { enabled })
  useCommand('reading.ao', () => setMenu('ao'), { enabled: isOpen && desk.reading.classifies_ao })
  useCommand('reading.remark', () => setMenu('remark'), { enabled: isOpen && active !== null })
  useCommand('reading.unsure', () => active && desk.change(active.number, confidenceChange(active, 'unsure')), {
    enabled: isOpen && active !== null,
  })
  useCommand('reading.counted', () => setMenu('counted'), { enabled: isOpen })
  useCommand('reading.amend', askAmend, { enabled: desk.reading.may_amend })
  useCommand('reading.ownMask', () => void acts.toOwnMask(), { enabled: desk.reading.paints })
  useCommand('reading.plane', togglePlane)
  useCommand('reading.othersNormal', () => void acts.fillNormal(), { enabled: isOpen })
  useCommand('nextLevel', () => desk.step(1))
  useCommand('previousLevel', () => desk.step(-1))
  useCommand('levelDone', () => desk.step(1))
  useCommand('undo', desk.points.undo, { enabled: isOpen })
  useCommand('redo', desk.points.redo, { enabled: isOpen })
  useCommand('submit', () => void acts.submit(), { enabled: isOpen })
  useCommand('nextCase', acts.nextCase)
}

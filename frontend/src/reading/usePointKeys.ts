import { useCommand } from '../keys/useKeys'
import { snappedAll } from '../viewer/sixPoints/placing'
import type { PicturePlane } from '../viewer/sixPoints/plane'
import type { Desk } from './useDesk'
import type { PointTool } from '../grading/usePointTool'

interface Doors {
  readonly plane: PicturePlane | null
  readonly askHow: () => void
}

/** Binds the keys of the six points. */
export function usePointKeys(desk: Desk, tool: PointTool, { plane, askHow }: Doors): void {
  const { active, isOpen } = desk
  const enabled = isOpen && active !== null
  const snapAll = () => {
    if (active?.six_points_mm == null || plane === null) return
    desk.points.move(active.number, snappedAll(plane, { points: active.six_points_mm, by: active.points_by }), 'end')
  }
  useCommand('reading.place', () => active && tool.place(tool.placing === null ? active.number : null), { enabled })
  useCommand('reading.removePoints', () => active && desk.points.remove(active.number), { enabled })
  useCommand('reading.snap', tool.toggleSnap, { enabled: isOpen })
  useCommand('reading.snapAll', snapAll, { enabled })
  useCommand('reading.points', () => active && focusFirst(active.number), { enabled })
  useCommand('reading.howMade', askHow)
}

/** From the first handle on, Tab goes through the six points and arrow keys move them. */
function focusFirst(number: number): void {
  document.querySelector<SVGElement>(`[data-set="${number}"] [data-point="00"][tabindex]`)?.focus()
}

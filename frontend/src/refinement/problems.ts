/** Problems of the spine's grammar in the picture. */
import type { Problem } from '../api/types'
import type { Vec3 } from '../domain/geometry'
import type { Pin, SpineView } from '../viewer'

const placeOf = ({ at_mm }: Problem): Vec3 | null => (at_mm ? [at_mm[0] ?? 0, at_mm[1] ?? 0, at_mm[2] ?? 0] : null)

/** What stops, as numbered marks with a red ring. */
export const problemMarks = (blocking: readonly Problem[]): Pin[] =>
  blocking.flatMap((problem, at) => {
    const mm = placeOf(problem)
    return mm ? [{ id: `problem-${at}`, mm, text: problem.message, tone: 'problem' as const, sign: `${at + 1}` }] : []
  })

/** Takes the problem's level in hand and flies to the place. */
export function visitProblem(view: SpineView, problem: Problem): void {
  if (problem.number) view.setActive(problem.number)
  const mm = placeOf(problem)
  if (mm) view.flyTo(mm)
}

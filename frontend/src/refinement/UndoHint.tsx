import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { KeyOf } from '../keys/KeysSheet'
import type { SpineView } from '../viewer'

/** What undo and redo would do, in words; null where there is nothing. */
export function useStepWords(view: SpineView): { undo: string | null; redo: string | null } {
  const { t } = useTranslation()
  const levels = useStore(view.state, (state) => state.levels)
  useStore(view.state, (state) => state.edition)
  const words = (step: typeof view.editor.newest) => {
    if (!step || view.editor.isPainting) return null
    const tool = t(`refinement.tool.${step.tool}`)
    const level = levels.get(step.number) ?? (step.number > 0 ? `#${step.number}` : t('refinement.manyLevels'))
    const what = step.voxels > 0 ? t('refinement.stepOn', { tool, level, count: step.voxels }) : t('refinement.stepLevels', { tool, count: step.levels })
    return step.by ? t('refinement.stepBy', { what, name: step.by }) : what
  }
  return { undo: words(view.editor.newest), redo: words(view.editor.nextAgain) }
}

/** What undo would take back. */
export function UndoHint({ view }: { view: SpineView }) {
  const { t } = useTranslation()
  const { undo } = useStepWords(view)
  return undo && <span data-testid="undo-hint"><KeyOf command="undo" /> {t('refinement.undoes', { what: undo })}</span>
}

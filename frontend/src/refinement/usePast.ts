/** Looking at an older mask in the viewer: read only, and the way back or the act that restores it. */
import { notifications } from '@mantine/notifications'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { applyRuns, fetchMoment, fetchRevision, fetchVersion, inverse, type Mask, type Runs } from '../bridge'
import { useCommand } from '../keys/useKeys'
import type { Levels, SpineView } from '../viewer'
import { changesBetween } from './changes'
import { restoreAct } from './restore'
import type { Workplace } from './useWorkplace'

/** A moment of the main track, one of its revisions, or a version that lost a race. */
export interface Moment {
  readonly kind: 'act' | 'revision' | 'version'
  /** Act or revision number, or the version's key. */
  readonly id: number
  /** What it is, for people. */
  readonly title: string
}

interface Shown {
  readonly moment: Moment
  readonly mask: Mask
  /** Turns the mask of now into the one shown. */
  readonly runs: Runs
  readonly levels: Levels
}

const FETCH = { act: fetchMoment, revision: fetchRevision, version: fetchVersion }

export function usePast({ home }: Workplace, view: SpineView) {
  const labelsShown = useStore(view.state, (state) => state.labelsShown)
  const { t } = useTranslation()
  const [past, setPast] = useState<Moment | null>(null)
  const shown = useRef<Shown | null>(null)
  const back = () => {
    const was = shown.current
    shown.current = null
    setPast(null)
    if (!was || !view.labelMap) return
    view.editor.pause('past', false)
    show(view, inverse(was.runs), was.levels)
  }
  const look = async (moment: Moment) => {
    if (view.editor.isPainting) return
    try {
      const mask = await FETCH[moment.kind](home, moment.id)
      back()
      if (!view.labelMap) return
      const { runs } = changesBetween(view.labelMap, mask.labels)
      shown.current = { moment, mask, runs, levels: view.state.getState().levels }
      view.editor.pause('past', true)
      show(view, runs, mask.levels)
      setPast(moment)
    } catch (failure) {
      notifications.show({ message: t('versions.notShown', { why: failure instanceof Error ? failure.message : String(failure) }), color: 'red' })
    }
  }
  const restore = (number: number | null) => {
    const was = shown.current
    back()
    if (!was || !view.labelMap) return
    const act = restoreAct({ labels: view.labelMap as Uint8Array<ArrayBuffer>, levels: was.levels }, was.mask, number)
    const message = view.editor.commit(act) ? t('versions.restored', { title: was.moment.title }) : t('versions.nothingToRestore')
    notifications.show({ message })
  }
  useEffect(() => () => {
    shown.current = null // another map is shown now; what was laid over the former one is gone with it
    setPast(null)
  }, [labelsShown])
  return { past, look: (moment: Moment) => void look(moment), back, restore }
}

/** Whether the history of the mask is open; it gives way to another panel that is opened. */
export function useHistory(past: Past, isOther: boolean) {
  const [isOpen, setOpen] = useState(false)
  const close = () => {
    past.back()
    setOpen(false)
  }
  const flip = () => (isOpen ? close() : setOpen(true))
  useCommand('mask.history', flip)
  useEffect(() => {
    if (isOther) close()
    // Only at the moment the other panel is opened.
  }, [isOther])
  return { isOpen, flip }
}

export type Past = ReturnType<typeof usePast>

function show(view: SpineView, runs: Runs, levels: Levels): void {
  if (!view.labelMap) return
  applyRuns(view.labelMap, runs)
  view.setLevels(levels)
  view.redrawLabels()
}

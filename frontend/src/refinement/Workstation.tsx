import { Button, Loader } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { IconAlertTriangle, IconArrowLeft } from '@tabler/icons-react'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useActivity } from '../activity'
import { useCommand } from '../keys/useKeys'
import { HandedOver, useHanded, useNextCase } from '../nextCase'
import type { CaseDetail } from '../api/types'
import { KeyOf } from '../keys/KeysSheet'
import { EmptyState } from '../shell/EmptyState'
import { useDarkScreen } from '../shell/useDarkScreen'
import { offerHooks } from '../testing'
import { FilmOptions, labelStats, type Pin, type SpineView, SpineViewer, StatusLine } from '../viewer'
import { HistoryPanel } from './HistoryPanel'
import { WideEnough } from './Narrow'
import { MemoryQuestion } from './MemoryQuestion'
import { PastBanner } from './PastBanner'
import { SaveBanner } from './SaveBanner'
import { useLooking } from './useLooking'
import { useModelMask } from './useModelMask'
import { useHistory, usePast } from './usePast'
import type { Workplace } from './useWorkplace'
import { recordWork, screenHooks } from './workHooks'
import './workstation.css'

interface Props {
  readonly place: Workplace & { readonly detail: CaseDetail; readonly view: SpineView }
  readonly bar: ReactNode
  readonly strip: ReactNode
  readonly tools: ReactNode
  readonly options: ReactNode
  readonly banner?: ReactNode
  readonly panel?: ReactNode
  readonly pins?: readonly Pin[]
  readonly hint?: ReactNode
  readonly mayPaint: boolean
}

/** The frame of both workplaces: case bar, levels, tools, options, three planes, status, side panel. */
export function Workstation({ place, bar, strip, tools, options, banner, panel, pins, hint, mayPaint }: Props) {
  const { t } = useTranslation()
  const { detail, view } = place
  useWorkHooks(place)
  useTestHooks(place)
  useModelMask(place.home, view)
  useDarkScreen()
  useLeaveWarning(place)
  const pick = useLooking(place)
  useActivity(detail, () => {
    const { active, tool } = view.state.getState()
    return { number: active, tool }
  })
  const { go } = useNextCase(detail, { mayPrefetch: place.loading.phase === 'whole', waiting: place.save.waiting })
  useCommand('nextCase', go)
  const past = usePast(place, view)
  const history = useHistory(past, Boolean(panel))
  const side = history.isOpen ? <HistoryPanel place={place} past={past} onClose={history.flip} /> : panel
  const handed = useHanded(detail.id)
  if (handed) return <HandedOver detail={detail} handed={handed} />
  return (
    <WideEnough>
    <div className="workstation lamina-dark" data-panel={Boolean(side)}>
      <header className="ws-bar">
        <Link to="/d/$dataset/worklist" params={{ dataset: detail.dataset }} aria-label={t('refinement.toWorklist')} className="ws-back">
          <IconArrowLeft size={18} />
        </Link>
        <h1>{detail.code}</h1>
        <span className="ws-title">{detail.title}</span>
        {bar}
      </header>
      <div className="ws-banners">
        {banner}
        <SaveBanner place={place} />
        <PastBanner view={view} past={past} mayPaint={mayPaint} />
      </div>
      {strip}
      {tools}
      <div className="ws-options" role="group" aria-label={t('refinement.options')}>{options}<FilmOptions view={view} /></div>
      <div className="ws-middle" data-past={past.past !== null}>
        <SpineViewer view={view} pins={pins} onPick={pick} />
      </div>
      <footer className="ws-status">
        <StatusLine view={view} />
        <Sharpness place={place} />
        {detail.kind === 'radiograph' && !detail.proposal && !detail.proposal_hidden && <span className="ws-phantoms"><IconAlertTriangle size={16} />{t('radiograph.noModel')}</span>}
        {detail.proposal?.phantoms_only && <span className="ws-phantoms"><IconAlertTriangle size={16} />{t('refinement.phantomsOnly')}</span>}
        <span className="ws-gap" />
        {!past.past && hint}
        <button type="button" className="ws-link-foot" aria-expanded={history.isOpen} onClick={history.flip}><KeyOf command="mask.history" /> {t('versions.historyShort')}</button>
        <span><KeyOf command="keys" /> {t('refinement.keys')}</span>
      </footer>
      {side}
    </div>
    </WideEnough>
  )
}

function Sharpness({ place }: { place: Workplace }) {
  const { t } = useTranslation()
  const { phase, sharp, slices, error } = place.loading
  if (phase === 'failed') return <span role="alert" className="ws-bad">{error}</span>
  if (phase === 'whole' || slices === 0) return null
  return <span role="status">{t('viewer.sharpening', { percent: Math.floor((100 * sharp) / slices) })}</span>
}

/** Leaving is safe while strokes lie in this browser's journal; where it refused them, the browser asks. */
function useLeaveWarning({ outbox }: Workplace): void {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (outbox && !outbox.isKept && outbox.state.waiting > 0) event.preventDefault()
    }
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [outbox])
}

/** What browser tests judge by; nothing is written down outside tests. */
function useWorkHooks({ outbox }: Props['place']): void {
  useEffect(() => {
    if (!window.app || !outbox) return
    return recordWork(outbox)
  }, [outbox])
}

/** What browser tests may look at and use; without effect outside tests. */
function useTestHooks(place: Props['place']): void {
  const { view, loading, outbox } = place
  useEffect(() => {
    offerHooks({
      ready: loading.phase === 'whole' && outbox !== null,
      get saved() {
        return outbox?.state.kind === 'saved'
      },
      get waiting() {
        return outbox?.state.waiting ?? 0
      },
      labelRuns: () => runLengths(view.labelMap ?? new Uint8Array()),
      labelCounts: () =>
        Object.fromEntries([...(view.labelMap ? labelStats(view.grid, view.labelMap) : [])].map(([number, { voxels }]) => [number, voxels])),
      worldToCanvas: (plane: 'sagittal' | 'axial' | 'coronal', mm: [number, number, number]) => view.worldToCanvas(plane, mm),
      canvasToWorld: (plane: 'sagittal' | 'axial' | 'coronal', pixel: [number, number]) => view.canvasToWorld(plane, pixel),
      pictureToWorld: (plane: 'sagittal' | 'axial' | 'coronal', pixel: [number, number]) => view.pictureToWorld(plane, pixel),
      get busy() {
        return view.state.getState().isBusy
      },
      voxelAt: (mm: [number, number, number]) => view.voxelAt(mm),
      focus: () => view.state.getState().focusMm,
      flyTo: (mm: [number, number, number]) => view.flyTo(mm),
      idle: () => view.idle(),
    })
    offerHooks(screenHooks(view))
  }, [view, loading.phase, outbox])
}

/** Value and length of each run, one after the other. */
function runLengths(labels: Uint8Array): number[] {
  const runs: number[] = []
  for (let index = 0; index < labels.length; index++) {
    if (index > 0 && labels[index] === labels[index - 1]) runs[runs.length - 1] = (runs.at(-1) as number) + 1
    else runs.push(labels[index] as number, 1)
  }
  return runs
}

/** What is shown until the case and its volume are there, or why they are not. */
export function Opening({ place }: { place: Workplace }) {
  const { t } = useTranslation()
  useDarkScreen()
  const failure = place.failure ?? place.loading.error
  if (failure)
    return (
      <div role="alert" className="lamina-dark ws-opening">
        <EmptyState title={t('viewer.failed')} text={failure} act={<Button onClick={() => location.reload()}>{t('error.retry')}</Button>} />
      </div>
    )
  if (place.loading.question) return <MemoryQuestion question={place.loading.question} />
  return (
    <div role="status" className="lamina-dark ws-opening">
      <EmptyState title={t('viewer.opening')} act={<Loader size="sm" />} />
    </div>
  )
}

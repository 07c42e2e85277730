import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { IconAlertCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ActiveTime } from '../activity'
import { api, ApiError } from '../api/client'
import type { CaseDetail, Problem } from '../api/types'
import { KeyOf } from '../keys/KeysSheet'
import { useCommand, useScope } from '../keys/useKeys'
import { noteHanded } from '../nextCase'
import type { SpineView } from '../viewer'
import { ChangesPanel } from './ChangesPanel'
import { spotOfChange } from './changes'
import { LeaseBanner } from './LeaseBanner'
import { GoToLevel } from './LevelDialogs'
import { LevelStrip } from './LevelStrip'
import type { LevelRow } from './levels'
import { OptionRow } from './OptionRow'
import { PinDialog, PinsList } from './PinsList'
import { ProblemsPanel } from './ProblemsPanel'
import { problemMarks, visitProblem } from './problems'
import { Progress } from './Progress'
import { ReturnDialog, type Returning } from './ReturnDialog'
import { LeaseStatus, SaveStatus } from './SaveStatus'
import { ToolRail } from './ToolRail'
import { UndoHint } from './UndoHint'
import { useAccepted, useChanges } from './useChanges'
import { useLevels } from './useLevels'
import { usePaintingKeys } from './usePaintingKeys'
import { useLease } from './useLease'
import { marksOf, spotOf, usePins, visitPin } from './usePins'
import { useLookOnly } from './useTool'
import { useActive, useProblems, useProblemsWatched, useWorkplace, type Workplace } from './useWorkplace'
import { useVertebraActs } from './useVertebraActs'
import { ActDialogs, ActsMenu, useRefusalWords } from './VertebraActs'
import { Opening, Workstation } from './Workstation'

/** The reader's view of a submitted mask: what changed, painting where that is quicker, and the verdict. */
export function Check() {
  const { case: caseId } = useParams({ from: '/c/$case/check' })
  const place = useWorkplace(caseId)
  const { detail, view } = place
  if (!detail || !view || place.failure) return <Opening place={place} />
  return <Checking key={caseId} place={{ ...place, detail, view }} />
}

type Ready = Workplace & { readonly detail: CaseDetail; readonly view: SpineView }

function Checking({ place }: { place: Ready }) {
  const { t } = useTranslation()
  const { caseId, detail, view } = place
  useScope('checking')
  const active = useActive(view)
  const problems = useProblems(caseId).data ?? []
  const isOpenForWork = detail.work === 'check'
  const lending = useLease(place, isOpenForWork)
  const holds = isOpenForWork && lending.lease?.is_me === true && place.outbox !== null
  const levels = useLevels(place, active, problems)
  const diff = useChanges(place, view)
  const { changes, shown } = diff
  const mayPaint = holds && shown === 'mine'
  const acts = useVertebraActs(place, active, mayPaint)
  const refused = useRefusalWords()
  const { accepted, accept } = useAccepted(caseId, diff.submitted)
  const pins = usePins(caseId)
  const [dialog, setDialog] = useState<'go' | 'return' | 'pin' | null>(null)
  const [spot, setSpot] = useState(() => spotOf(view))
  const [isListing, setListing] = useState(false)
  useProblemsWatched(caseId, isListing, place.save)
  const blocking = problems.filter((problem) => problem.blocking)
  const verdict = useVerdict(place, () => setListing(true))
  const open = (which: 'return' | 'pin') => {
    setSpot(spotOf(view))
    setDialog(which)
  }
  const choose = (number: number) => {
    levels.choose(levels.rows.find((row) => row.number === number) ?? null)
    const changed = changes && spotOfChange(view.grid, changes.runs, number)
    if (changed) view.flyTo(changed, { fieldMm: 190 })
  }
  const acceptLevel = () => {
    if (active === 0) return
    accept(active)
    const next = changes?.levels.find(({ number }) => number !== active && !accepted.has(number))
    if (next) choose(next.number)
  }
  const giveBack = async ({ reason, note, withPin }: Returning) => {
    if (withPin) await pins.drop({ ...spot, kind: 'note', text: note.trim() || t(`refinement.reason.${reason}`) })
    verdict.mutate({ move: 'return_mask', reason, note })
  }

  useLookOnly(view, shown !== 'mine')
  usePaintingKeys(view, 'checking', mayPaint)
  useCommand('checking.flip', () => diff.show('model'), { release: () => diff.show('mine') })
  useCommand('checking.show', diff.next)
  useCommand('checking.problems', () => setListing((was) => !was))
  useCommand('levelDone', acceptLevel)
  useCommand('flag', () => open('pin'), { enabled: holds })
  useCommand('goToLevel', () => setDialog('go'))
  useCommand('submit', () => verdict.mutate({ move: 'approve_mask' }), { enabled: mayPaint })
  useCommand('checking.return', () => open('return'), { enabled: mayPaint })

  const words = (row: LevelRow): string | null => {
    const change = changes?.levels.find((one) => one.number === row.number)
    if (!changes || row.mark === 'problem') return null
    return change ? t('refinement.changedVoxels', { count: change.added + change.removed }) : t('refinement.asBefore')
  }
  const track = detail.tracks.find((one) => one.kind === 'main')
  return (
    <>
      <Workstation
        place={place}
        mayPaint={mayPaint}
        pins={[...problemMarks(blocking), ...marksOf(pins.open)]}
        banner={isOpenForWork ? <LeaseBanner place={place} lending={lending} /> : null}
        bar={
          <>
            <span className="ws-gap" />
            <Progress rows={levels.rows} />
            <ActiveTime detail={detail} />
            <SaveStatus save={place.save} />
            <LeaseStatus lease={lending.lease} />
            <button type="button" className="ws-problems" data-blocking={blocking.length > 0} aria-expanded={isListing} onClick={() => setListing((was) => !was)}>
              <IconAlertCircle size={16} /> {t('refinement.problems', { count: blocking.length })} <KeyOf command="checking.problems" />
            </button>
            <Button size="xs" h={32} variant="default" disabled={!mayPaint} onClick={() => open('return')} rightSection={<KeyOf command="checking.return" />}>{t('refinement.return')}</Button>
            <Button size="xs" h={32} disabled={!mayPaint} loading={verdict.isPending} onClick={() => verdict.mutate({ move: 'approve_mask' })}>{t('refinement.approve')}</Button>
          </>
        }
        strip={<LevelStrip view={view} rows={levels.rows} active={active} order={levels.order} onOrder={levels.setOrder} onChoose={levels.choose} say={words} refusal={acts.refusal && refused(acts.refusal)} foot={mayPaint && <ActsMenu acts={acts} />} />}
        tools={<ToolRail view={view} scope="checking" mayPaint={mayPaint} />}
        options={<OptionRow view={view} scope="checking" mayPaint={mayPaint} />}
        panel={
          isListing ? (
            <ProblemsPanel caseId={caseId} problems={problems} returned={null} mayAccept={holds} act="approving" onGo={(problem) => visitProblem(view, problem)} onClose={() => setListing(false)} />
          ) : (
            <ChangesPanel
              changes={changes}
              levels={place.levels}
              authorKind={track?.author_kind ?? 'person'}
              note={detail.returned?.note ?? null}
              shown={shown}
              active={active}
              accepted={accepted}
              voxelMl={view.isFlat ? null : view.grid.spacingMm.reduce((product, mm) => product * mm, 1) / 1000}
              pins={<PinsList pins={pins} levels={place.levels} mayChange={holds} onGo={(pin) => visitPin(view, pin)} />}
              onGo={choose}
              onShow={diff.show}
            />
          )
        }
        hint={<UndoHint view={view} />}
      />
      <ActDialogs acts={acts} active={place.levels.get(active) ?? `#${active}`} />
      {dialog === 'go' && <GoToLevel onClose={() => setDialog(null)} onGo={levels.goTo} />}
      {dialog === 'pin' && <PinDialog mayAsk={false} onClose={() => setDialog(null)} onDrop={(kind, text) => void pins.drop({ ...spot, kind, text })} />}
      {dialog === 'return' && <ReturnDialog place={(spot.number && place.levels.get(spot.number)) || t('refinement.noLevel')} onClose={() => setDialog(null)} onReturn={(said) => void giveBack(said)} />}
    </>
  )
}

type Verdict = { move: 'approve_mask' } | { move: 'return_mask'; reason: string; note: string }

function useVerdict(place: Ready, showProblems: () => void) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { caseId, detail, save } = place
  return useMutation({
    mutationFn: (verdict: Verdict) => {
      if (save.waiting > 0) throw new Error(t('refinement.waitBeforeSubmit', { count: save.waiting }))
      return api.post<CaseDetail>(`/cases/${caseId}/moves/`, verdict)
    },
    onSuccess: async (_moved, { move }) => {
      noteHanded({ id: caseId, text: t(`refinement.verdict.${move}`, { code: detail.code }), stage: 'checking' })
      await client.invalidateQueries()
    },
    onError: (failure) => {
      if (failure instanceof ApiError && failure.problems.length > 0) {
        client.setQueryData(['problems', caseId], (was: Problem[] | undefined) => [...failure.problems, ...(was ?? []).filter((one) => !one.blocking)])
        return showProblems()
      }
      notifications.show({ message: failure.message, color: 'yellow' })
    },
  })
}

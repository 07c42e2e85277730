import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ActiveTime } from '../activity'
import { api } from '../api/client'
import type { CaseDetail } from '../api/types'
import { KeyOf } from '../keys/KeysSheet'
import { useCommand, useScope } from '../keys/useKeys'
import { noteHanded } from '../nextCase'
import type { SpineView } from '../viewer'
import { ChangesPanel } from './ChangesPanel'
import { LeaseBanner } from './LeaseBanner'
import { GoToLevel, ReturnDialog } from './LevelDialogs'
import { LevelStrip } from './LevelStrip'
import type { LevelRow } from './levels'
import { OptionRow } from './OptionRow'
import { Progress } from './Progress'
import { LeaseStatus, SaveStatus } from './SaveStatus'
import { ToolRail } from './ToolRail'
import { useChanges } from './useChanges'
import { UndoHint } from './UndoHint'
import { useLevels } from './useLevels'
import { usePaintingKeys } from './usePaintingKeys'
import { useLease } from './useLease'
import { useActive, useProblems, useWorkplace, type Workplace } from './useWorkplace'
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
  const mayPaint = isOpenForWork && lending.lease?.is_me === true && place.outbox !== null
  const levels = useLevels(place, active, problems)
  const acts = useVertebraActs(place, active, mayPaint)
  const refused = useRefusalWords()
  const { changes, flip, flipBack } = useChanges(place, view)
  const [dialog, setDialog] = useState<'go' | 'return' | null>(null)
  const verdict = useVerdict(place)

  usePaintingKeys(view, 'checking', mayPaint)
  useCommand('checking.flip', flip, { release: flipBack })
  useCommand('goToLevel', () => setDialog('go'))
  useCommand('submit', () => verdict.mutate({ move: 'approve_mask' }), { enabled: mayPaint })
  useCommand('checking.return', () => setDialog('return'), { enabled: mayPaint })

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
        banner={isOpenForWork ? <LeaseBanner place={place} lending={lending} /> : null}
        bar={
          <>
            <span className="ws-gap" />
            <Progress rows={levels.rows} />
            <ActiveTime detail={detail} />
            <SaveStatus save={place.save} />
            <LeaseStatus lease={lending.lease} />
            <Button size="xs" h={32} variant="default" disabled={!mayPaint} onClick={() => setDialog('return')} rightSection={<KeyOf command="checking.return" />}>{t('refinement.return')}</Button>
            <Button size="xs" h={32} disabled={!mayPaint} loading={verdict.isPending} onClick={() => verdict.mutate({ move: 'approve_mask' })}>{t('refinement.approve')}</Button>
          </>
        }
        strip={<LevelStrip view={view} rows={levels.rows} active={active} order={levels.order} onOrder={levels.setOrder} onChoose={levels.choose} say={words} refusal={acts.refusal && refused(acts.refusal)} foot={mayPaint && <ActsMenu acts={acts} />} />}
        tools={<ToolRail view={view} scope="checking" mayPaint={mayPaint} />}
        options={<OptionRow view={view} scope="checking" mayPaint={mayPaint} />}
        panel={
          <ChangesPanel
            changes={changes}
            levels={place.levels}
            authorKind={track?.author_kind ?? 'person'}
            note={detail.returned?.note ?? null}
            onGo={(number) => levels.choose(levels.rows.find((row) => row.number === number) ?? null)}
            onFlip={(isFlipped) => (isFlipped ? flip() : flipBack())}
          />
        }
        hint={<UndoHint view={view} />}
      />
      <ActDialogs acts={acts} active={place.levels.get(active) ?? `#${active}`} />
      {dialog === 'go' && <GoToLevel onClose={() => setDialog(null)} onGo={levels.goTo} />}
      <ReturnDialog opened={dialog === 'return'} onClose={() => setDialog(null)} onReturn={(reason, note) => verdict.mutate({ move: 'return_mask', reason, note })} />
    </>
  )
}

type Verdict = { move: 'approve_mask' } | { move: 'return_mask'; reason: string; note: string }

function useVerdict(place: Ready) {
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
    onError: (failure) => notifications.show({ message: failure.message, color: 'yellow' }),
  })
}

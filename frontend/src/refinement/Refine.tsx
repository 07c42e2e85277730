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
import { LeaseBanner } from './LeaseBanner'
import { GoToLevel } from './LevelDialogs'
import { LevelStrip } from './LevelStrip'
import { OptionRow } from './OptionRow'
import { ProblemsPanel } from './ProblemsPanel'
import { Progress } from './Progress'
import { isPaused, LeaseStatus, SaveStatus } from './SaveStatus'
import { ToolRail } from './ToolRail'
import { UndoHint } from './UndoHint'
import { useLevels } from './useLevels'
import { usePaintingKeys } from './usePaintingKeys'
import { useLease } from './useLease'
import { useActive, useProblems, useWorkplace, type Workplace } from './useWorkplace'
import { useVertebraActs } from './useVertebraActs'
import { ActDialogs, ActsMenu, useRefusalWords } from './VertebraActs'
import { Opening, Workstation } from './Workstation'

/** The student's workplace: the mask of one case, level by level. */
export function Refine() {
  const { case: caseId } = useParams({ from: '/c/$case/refine' })
  const place = useWorkplace(caseId)
  const { detail, view } = place
  if (!detail || !view || place.failure) return <Opening place={place} />
  return <Refining key={caseId} place={{ ...place, detail, view }} />
}

type Ready = Workplace & { readonly detail: CaseDetail; readonly view: SpineView }

function Refining({ place }: { place: Ready }) {
  const { t } = useTranslation()
  const { caseId, detail, view } = place
  useScope('refining')
  const active = useActive(view)
  const problems = useProblems(caseId).data ?? []
  const blocking = problems.filter((problem) => problem.blocking)
  const isOpenForWork = detail.work === 'refine'
  const lending = useLease(place, isOpenForWork)
  const mayPaint = isOpenForWork && lending.lease?.is_me === true && place.outbox !== null
  const levels = useLevels(place, active, problems)
  const acts = useVertebraActs(place, active, mayPaint)
  const refused = useRefusalWords()
  const [isGoing, setGoing] = useState(false)
  const [isListing, setListing] = useState(false)
  const submit = useSubmit(place, () => setListing(true))

  usePaintingKeys(view, 'refining', mayPaint)
  useToolWith(view, mayPaint)
  useCommand('goToLevel', () => setGoing(true))
  useCommand('refining.problems', () => setListing((shown) => !shown))
  useCommand('submit', () => submit.mutate(), { enabled: mayPaint && !isPaused(place.save) })

  const visit = (problem: Problem) => {
    if (problem.number) view.setActive(problem.number)
    if (problem.at_mm) view.flyTo(problem.at_mm)
  }
  return (
    <>
      <Workstation
        place={place}
        mayPaint={mayPaint}
        pins={blocking.flatMap((problem, at) => (problem.at_mm ? [{ id: `${at}`, mm: problem.at_mm, text: problem.message }] : []))}
        banner={isOpenForWork ? <LeaseBanner place={place} lending={lending} /> : null}
        bar={
          <>
            {detail.returned && <button type="button" className="ws-returned" onClick={() => setListing(true)}>{t('refinement.returned')}</button>}
            <span className="ws-gap" />
            <Progress rows={levels.rows} />
            <ActiveTime detail={detail} />
            <SaveStatus save={place.save} />
            <LeaseStatus lease={lending.lease} />
            <button type="button" className="ws-problems" data-blocking={blocking.length > 0} aria-expanded={isListing} onClick={() => setListing((shown) => !shown)}>
              <IconAlertCircle size={16} /> {t('refinement.problems', { count: blocking.length })} <KeyOf command="refining.problems" />
            </button>
            <Button size="xs" h={32} disabled={!mayPaint || isPaused(place.save)} loading={submit.isPending} onClick={() => submit.mutate()}>{t('refinement.submit')}</Button>
          </>
        }
        strip={
          <LevelStrip view={view} rows={levels.rows} active={active} order={levels.order} onOrder={levels.setOrder} onChoose={levels.choose} refusal={acts.refusal && refused(acts.refusal)} foot={mayPaint && <ActsMenu acts={acts} />} />
        }
        tools={<ToolRail view={view} scope="refining" mayPaint={mayPaint} />}
        options={<OptionRow view={view} scope="refining" mayPaint={mayPaint} />}
        panel={isListing && <ProblemsPanel problems={problems} returned={detail.returned} onGo={visit} onClose={() => setListing(false)} />}
        hint={<UndoHint view={view} />}
      />
      <ActDialogs acts={acts} active={place.levels.get(active) ?? `#${active}`} />
      {isGoing && <GoToLevel onClose={() => setGoing(false)} onGo={levels.goTo} />}
    </>
  )
}

/** The brush is in hand as soon as one may paint, and never otherwise. */
function useToolWith(view: SpineView, mayPaint: boolean): void {
  const [was, setWas] = useState(false)
  if (was === mayPaint) return
  setWas(mayPaint)
  view.state.setState({ tool: mayPaint ? 'brush' : 'look' })
}

/** Hands the mask over for checking, unless strokes wait or problems stop it. */
function useSubmit(place: Ready, showProblems: () => void) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { caseId, detail, save } = place
  const say = (message: string) => notifications.show({ message, color: 'yellow' })
  return useMutation({
    mutationFn: async () => {
      if (save.waiting > 0) throw new Error(t('refinement.waitBeforeSubmit', { count: save.waiting }))
      const problems = await api.get<Problem[]>(`/cases/${caseId}/problems/`)
      client.setQueryData(['problems', caseId], problems)
      if (problems.some((problem) => problem.blocking)) return null
      return api.post<CaseDetail>(`/cases/${caseId}/moves/`, { move: 'submit_mask' })
    },
    onSuccess: async (moved) => {
      if (!moved) return showProblems()
      noteHanded({ id: caseId, text: t('refinement.submitted', { code: detail.code }), stage: 'refining' })
      await client.invalidateQueries()
    },
    onError: (failure) => {
      if (failure instanceof ApiError && failure.problems.length > 0) {
        client.setQueryData(['problems', caseId], failure.problems)
        return showProblems()
      }
      say(failure.message)
    },
  })
}

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { IconAlertCircle } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
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
import { PinDialog, PinsList } from './PinsList'
import { ProblemsPanel } from './ProblemsPanel'
import { problemMarks, visitProblem } from './problems'
import { Progress } from './Progress'
import { isPaused, LeaseStatus, SaveStatus } from './SaveStatus'
import { ToolRail } from './ToolRail'
import { UndoHint } from './UndoHint'
import { useLevels } from './useLevels'
import { useToolWith } from './useTool'
import { marksOf, type Pins, spotOf, usePins, visitPin } from './usePins'
import { usePaintingKeys } from './usePaintingKeys'
import { useLease } from './useLease'
import { useActive, useProblems, useProblemsWatched, useWorkplace, type Workplace } from './useWorkplace'
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
  const [isPinning, setPinning] = useState(false)
  const [isListing, setListing] = useState(false)
  useProblemsWatched(caseId, isListing, place.save)
  const pins = usePins(caseId)
  const [spot, setSpot] = useState(() => spotOf(view))
  useBeginAtPin(place, pins, () => setListing(true))
  const submit = useSubmit(place, () => setListing(true))

  usePaintingKeys(view, 'refining', mayPaint)
  useToolWith(view, mayPaint)
  useCommand('goToLevel', () => setGoing(true))
  useCommand('flag', () => {
    setSpot(spotOf(view))
    setPinning(true)
  }, { enabled: isOpenForWork })
  useCommand('refining.problems', () => setListing((shown) => !shown))
  useCommand('submit', () => submit.mutate(), { enabled: mayPaint && !isPaused(place.save) })

  const mayAccept = detail.roles.includes('reader')
  return (
    <>
      <Workstation
        place={place}
        mayPaint={mayPaint}
        pins={[...problemMarks(blocking), ...marksOf(pins.open)]}
        banner={isOpenForWork ? <LeaseBanner place={place} lending={lending} /> : null}
        bar={
          <>
            {detail.returned && <button type="button" className="ws-returned" onClick={() => setListing(true)}>{t(pins.open.length > 0 ? 'refinement.returnedPins' : 'refinement.returnedFor', { count: pins.open.length, reason: t(`refinement.reason.${detail.returned.reason}`, { defaultValue: detail.returned.reason }) })}</button>}
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
        panel={
          isListing && (
            <ProblemsPanel
              caseId={caseId}
              problems={problems}
              returned={detail.returned}
              mayAccept={mayAccept}
              pins={<PinsList pins={pins} levels={place.levels} mayChange={isOpenForWork} onGo={(pin) => visitPin(view, pin)} />}
              onGo={(problem) => visitProblem(view, problem)}
              onClose={() => setListing(false)}
            />
          )
        }
        hint={<UndoHint view={view} />}
      />
      <ActDialogs acts={acts} active={place.levels.get(active) ?? `#${active}`} />
      {isGoing && <GoToLevel onClose={() => setGoing(false)} onGo={levels.goTo} />}
      {isPinning && <PinDialog mayAsk onClose={() => setPinning(false)} onDrop={(kind, text) => void pins.drop({ ...spot, kind, text })} />}
    </>
  )
}

/** A case that came back opens at the first spot that a pin marks, with what was said beside it. */
function useBeginAtPin({ detail, view, stats }: Ready, pins: Pins, showList: () => void): void {
  const hasBegun = useRef(false)
  const [first] = pins.open
  const isReady = detail.returned !== null && first !== undefined && stats.size > 0
  const isDrawn = useStore(view.state, (state) => state.views !== null && state.active > 0)
  useEffect(() => {
    if (!isReady || !isDrawn || !first || hasBegun.current) return
    hasBegun.current = true
    visitPin(view, first)
    showList()
  }, [isReady, isDrawn, first, view, showList])
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

import { Button, Group, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client'
import type { CaseDetail, Problem } from '../api/types'
import { LevelChip } from './LevelChip'
import { SidePanel } from './SidePanel'

export { LevelChip }

interface Props {
  readonly caseId: string
  readonly problems: readonly Problem[]
  readonly returned: CaseDetail['returned']
  /** Whether this person may accept a problem as it is. */
  readonly mayAccept: boolean
  /** What the problems stop. */
  readonly act?: 'submitting' | 'approving'
  readonly pins?: ReactNode
  readonly onGo: (problem: Problem) => void
  readonly onClose: () => void
}

/** What stops submitting, what is worth knowing, what was accepted, and what the reader wrote. */
export function ProblemsPanel({ caseId, problems, returned, mayAccept, act = 'submitting', pins, onGo, onClose }: Props) {
  const { t } = useTranslation()
  const overrides = useOverrides(caseId)
  const blocking = problems.filter((problem) => problem.blocking)
  const accepted = problems.filter((problem) => problem.override)
  const notes = problems.filter((problem) => !problem.blocking && !problem.override)
  const stops = act === 'approving' ? 'refinement.stopApproving' : 'refinement.stopSubmitting'
  const none = act === 'approving' ? 'refinement.nothingStopsApproving' : 'refinement.nothingStops'
  const title = blocking.length > 0 ? t(stops, { count: blocking.length }) : t(none)
  return (
    <SidePanel title={title} onClose={onClose} foot={returned && <ReturnedNote returned={returned} />}>
      {pins}
      {blocking.map((problem, place) => (
        <section key={keyOf(problem, place)} className="ws-problem" data-code={problem.code}>
          <span className="ws-pin">{place + 1}</span>
          <div>
            {problem.level && <LevelChip level={problem.level} />}
            <p>{problem.message}</p>
            <ProblemActs problem={problem} mayAccept={mayAccept} onGo={onGo} onAccept={(reason) => overrides.accept({ problem, reason })} />
          </div>
        </section>
      ))}
      {accepted.length > 0 && <h3 className="ws-panel-part">{t('refinement.acceptedTitle')}</h3>}
      {accepted.map((problem, place) => (
        <section key={keyOf(problem, place)} className="ws-problem" data-code={problem.code}>
          <IconCheck size={18} className="ws-ok" />
          <div>
            {problem.level && <LevelChip level={problem.level} />}
            <p>{problem.message}</p>
            <p className="ws-dim">{t('refinement.accepted', { name: problem.override?.by, reason: problem.override?.reason })}</p>
            {mayAccept && <Button size="compact-sm" variant="default" onClick={() => problem.override && overrides.lift(problem.override.id)}>{t('refinement.lift')}</Button>}
          </div>
        </section>
      ))}
      {notes.length > 0 && (
        <section className="ws-notes">
          <h3>{t('refinement.forInformation')}</h3>
          {notes.map((problem, place) => (
            <button key={keyOf(problem, place)} type="button" className="ws-note" onClick={() => onGo(problem)}>
              <IconAlertTriangle size={16} /><span>{problem.message}</span>
            </button>
          ))}
        </section>
      )}
    </SidePanel>
  )
}

const keyOf = (problem: Problem, place: number) => `${problem.code}-${problem.number}-${place}`

interface ActsProps {
  readonly problem: Problem
  readonly mayAccept: boolean
  readonly onGo: (problem: Problem) => void
  readonly onAccept: (reason: string) => void
}

function ProblemActs({ problem, mayAccept, onGo, onAccept }: ActsProps) {
  const { t } = useTranslation()
  const [reason, setReason] = useState<string | null>(null)
  const accept = (event: FormEvent) => {
    event.preventDefault()
    if (reason && reason.trim().length > 2) onAccept(reason)
  }
  if (reason !== null)
    return (
      <form onSubmit={accept}>
        <Group gap="xs" align="end" wrap="nowrap">
          <TextInput autoFocus size="xs" flex={1} label={t('refinement.acceptWhy')} value={reason} onChange={(event) => setReason(event.currentTarget.value)} onKeyDown={(event) => event.key === 'Escape' && setReason(null)} />
          <Button size="xs" type="submit" disabled={reason.trim().length < 3}>{t('refinement.acceptSave')}</Button>
        </Group>
      </form>
    )
  return (
    <Group gap="xs">
      {problem.at_mm && <Button size="xs" onClick={() => onGo(problem)}>{t('refinement.goThere')}</Button>}
      {mayAccept && problem.may_override && <Button size="xs" variant="default" onClick={() => setReason('')}>{t('refinement.acceptProblem')}</Button>}
    </Group>
  )
}

/** Accepting a problem with a reason, and taking that back. */
function useOverrides(caseId: string) {
  const client = useQueryClient()
  const onSettled = () => client.invalidateQueries({ queryKey: ['problems', caseId] })
  const onError = (failure: Error) => notifications.show({ message: failure.message, color: 'yellow' })
  const accept = useMutation({
    mutationFn: ({ problem: { code, number, at_mm }, reason }: { problem: Problem; reason: string }) =>
      api.post(`/cases/${caseId}/overrides/`, { code, number, at_mm, reason }),
    onSettled,
    onError,
  })
  const lift = useMutation({ mutationFn: (id: number) => api.delete(`/cases/${caseId}/overrides/${id}/`), onSettled, onError })
  return { accept: accept.mutate, lift: lift.mutate }
}

function ReturnedNote({ returned }: { returned: NonNullable<CaseDetail['returned']> }) {
  const { t } = useTranslation()
  return (
    <section>
      <h3>{t('refinement.returnedBy', { name: returned.by })}</h3>
      <p>{t(`refinement.reason.${returned.reason}`, { defaultValue: returned.reason })}</p>
      {returned.note && <p>{returned.note}</p>}
    </section>
  )
}

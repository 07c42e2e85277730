import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail, Problem } from '../api/types'
import { colourOf } from '../domain/levelColours'
import { SidePanel } from './SidePanel'

interface Props {
  readonly problems: readonly Problem[]
  readonly returned: CaseDetail['returned']
  readonly onGo: (problem: Problem) => void
  readonly onClose: () => void
}

/** What stops submitting, what is worth knowing, and what the reader wrote. */
export function ProblemsPanel({ problems, returned, onGo, onClose }: Props) {
  const { t } = useTranslation()
  const blocking = problems.filter((problem) => problem.blocking)
  const notes = problems.filter((problem) => !problem.blocking)
  const title = blocking.length > 0 ? t('refinement.stopSubmitting', { count: blocking.length }) : t('refinement.nothingStops')
  return (
    <SidePanel title={title} onClose={onClose} foot={returned && <ReturnedNote returned={returned} />}>
      {blocking.map((problem, place) => (
        <section key={`${problem.code}-${problem.number}-${place}`} className="ws-problem">
          <span className="ws-pin">{place + 1}</span>
          <div>
            {problem.level && <LevelChip level={problem.level} />}
            <p>{problem.message}</p>
            {problem.at_mm && <Button size="xs" onClick={() => onGo(problem)}>{t('refinement.goThere')}</Button>}
          </div>
        </section>
      ))}
      {notes.length > 0 && (
        <section className="ws-notes">
          <h3>{t('refinement.forInformation')}</h3>
          {notes.map((problem, place) => (
            <button key={`${problem.code}-${problem.number}-${place}`} type="button" className="ws-note" onClick={() => onGo(problem)}>
              <IconAlertTriangle size={16} /><span>{problem.message}</span>
            </button>
          ))}
        </section>
      )}
    </SidePanel>
  )
}

export function LevelChip({ level }: { level: string }) {
  return <span className="ws-level-chip" style={{ '--level': colourOf(level) } as React.CSSProperties}>{level}</span>
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

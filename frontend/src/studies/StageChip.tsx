import { IconAlertTriangle, IconArrowBackUp, IconCheck, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { JobState, WorkRow } from '../api/types'
import { formatDay, formatPercent } from '../domain/format'
import { Chip } from '../shell/Chip'

function JobChip({ job }: { job: JobState }) {
  const { t } = useTranslation()
  if (job.state === 'failed') {
    return <Chip tone="bad" icon={<IconX aria-hidden />}>{t('worklist.chip.job_failed')}</Chip>
  }
  if (job.state === 'queued') return <Chip>{t('worklist.chip.job_queued')}</Chip>
  const key = job.kind === 'intake' ? 'intake' : 'preannotation'
  return <Chip tone="accent">{t(`worklist.chip.${key}`, { percent: formatPercent(job.percent) })}</Chip>
}

const isOpen = (job: JobState | null): job is JobState => job !== null && job.state !== 'done'

/** Where a case is, in one word, as this person needs it. */
export function StageChip({ row }: { row: WorkRow }) {
  const { t } = useTranslation()
  if (isOpen(row.job) && (row.stage === 'received' || row.stage === 'queued')) return <JobChip job={row.job} />
  if (row.returned) {
    return <Chip tone="warn" icon={<IconArrowBackUp aria-hidden />}>{t('worklist.chip.returned')}</Chip>
  }
  if (row.held_by?.is_me) return <Chip tone="accent">{t('worklist.chip.in_progress')}</Chip>
  if (row.held_by) return <Chip>{t('worklist.chip.in_use')}</Chip>
  if (row.work) return <Chip>{t(`worklist.chip.${row.work}`)}</Chip>
  if (row.stage === 'final') return <Chip tone="ok" icon={<IconCheck aria-hidden />}>{t('worklist.stage.final')}</Chip>
  return <Chip>{t(`worklist.stage.${row.stage}`)}</Chip>
}

/** What to look at in a case; a warning sign where the server asks for care. */
export function LookAt({ row }: { row: WorkRow }) {
  const { t } = useTranslation()
  const isFailed = row.job?.state === 'failed'
  const due = row.due_at ? t('worklist.due', { day: formatDay(new Date(row.due_at)) }) : ''
  const text = isFailed ? row.job?.message : [row.look_at, due].filter(Boolean).join(' · ')
  if (!text) return <>{t('worklist.dash')}</>
  return (
    <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
      {(isFailed || row.returned) && <IconAlertTriangle size={16} stroke={1.75} color="var(--warn)" style={{ flex: 'none' }} aria-hidden />}
      {text}
    </span>
  )
}

import { IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { WorkRow } from '../api/types'
import { formatClock, formatPercent } from '../domain/format'
import { useSession } from '../api/queries'
import { Initials } from '../shell/Initials'
import classes from './Worklist.module.css'

function useHolder(row: WorkRow): { name: string; second: string } | null {
  const { t } = useTranslation()
  if (row.held_by) {
    const name = row.held_by.is_me ? t('worklist.you') : row.held_by.holder_name
    return { name, second: t('worklist.until', { time: formatClock(new Date(row.held_by.until)) }) }
  }
  if (row.job?.state === 'running') return { name: t('worklist.worker'), second: formatPercent(row.job.percent) }
  if (row.job?.state === 'queued') return { name: t('worklist.worker'), second: t('worklist.worker_queued') }
  return null
}

/** Who has a case and until when; the worker while it computes. */
export function Holder({ row }: { row: WorkRow }) {
  const { t } = useTranslation()
  const me = useSession().data?.user?.name ?? ''
  const holder = useHolder(row)
  if (!holder && (row.stage === 'final' || row.stage === 'excluded')) return <>{t('worklist.dash')}</>
  if (!holder) return <span className={classes.nobody}>{t('worklist.nobody')}</span>
  return (
    <span className={classes.holder}>
      {row.held_by?.is_me && <Initials name={me} />}
      {row.held_by && !row.held_by.is_me && <IconLock size={16} stroke={1.75} aria-hidden />}
      <span>
        {holder.name}
        <small>{holder.second}</small>
      </span>
    </span>
  )
}

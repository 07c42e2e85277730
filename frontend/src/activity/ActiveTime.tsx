import { useTranslation } from 'react-i18next'
import type { CaseDetail } from '../api/types'
import { formatDuration, formatNumber } from '../domain/format'
import { useActiveTime } from './useActiveTime'

/** "4:10 active · your median 5:30": for this person only. */
export function ActiveTime({ detail }: { detail: Pick<CaseDetail, 'id' | 'stage'> }) {
  const { t } = useTranslation()
  const { seconds, medianSeconds, cases, idleSeconds } = useActiveTime(detail)
  return (
    <span className="active-time" data-testid="active-time" title={t('activity.explained', { idle: formatNumber(idleSeconds) })}>
      <strong>{formatDuration(seconds)}</strong> {t('activity.active')}
      {medianSeconds !== null && (
        <span className="active-median" title={t('activity.median_of', { count: cases })}>
          {' · '}{t('activity.median', { time: formatDuration(medianSeconds) })}
        </span>
      )}
    </span>
  )
}

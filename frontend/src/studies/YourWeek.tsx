import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client'
import type { Week } from '../api/types'
import { formatDuration, formatNumber } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Worklist.module.css'

/** The person's own last days; asked for and shown to nobody else. */
export function YourWeek({ dataset }: { dataset: string }) {
  const { t } = useTranslation()
  const { data: week } = useQuery({
    queryKey: ['week', dataset],
    queryFn: ({ signal }) => api.get<Week>(`/datasets/${dataset}/week/`, signal),
    staleTime: 30_000,
  })
  if (!week) return null
  const long = (seconds: number) =>
    seconds < 3600
      ? formatDuration(seconds)
      : t('worklist.week.hours', { hours: formatNumber(Math.floor(seconds / 3600)), minutes: formatNumber(Math.floor((seconds % 3600) / 60)) })
  const { first_check: check, most_frequent_return: reason } = week
  return (
    <section className={`${page.panel} ${page.padded}`} aria-label={t('worklist.week.title')}>
      <header className={classes.weekHead}>
        <h2 className={page.panelTitle}>{t('worklist.week.title')}</h2>
        <span className={page.caption}>{t('worklist.week.only_you')}</span>
      </header>
      <dl className={`${page.counts} ${classes.week}`}>
        <dt>{t('worklist.week.handed_in')}</dt>
        <dd>{formatNumber(week.handed_in)}</dd>
        <dt>{t('worklist.week.active')}</dt>
        <dd>{long(week.active_seconds)}</dd>
        <dt>{t('worklist.week.median')}</dt>
        <dd>{week.median_seconds === null ? t('worklist.dash') : formatDuration(week.median_seconds)}</dd>
        {check && (
          <>
            <dt>{t('worklist.week.first_check')}</dt>
            <dd>{t('worklist.week.of', { n: formatNumber(check.approved), of: formatNumber(check.of) })}</dd>
          </>
        )}
        {reason && (
          <>
            <dt>{t('worklist.week.correction')}</dt>
            <dd>{t(`refinement.reason.${reason}`)}</dd>
          </>
        )}
      </dl>
      <p className={`${page.caption} ${classes.weekFoot}`}>{t('worklist.week.foot', { count: week.days })}</p>
    </section>
  )
}

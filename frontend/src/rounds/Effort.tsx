import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client'
import type { Effort as EffortOut, EffortGroup } from '../api/types'
import { formatNumber, formatPercent } from '../domain/format'
import page from '../shell/page.module.css'
import { ChangeBars } from './ChangeBars'
import classes from './Effort.module.css'
import { MinutesCurve } from './MinutesCurve'
import { useGroupName } from './useGroupName'

const shareOf = (share: number) => formatPercent(100 * share)

interface PanelProps {
  readonly title: string
  readonly caption: ReactNode
  readonly summary: string
  readonly chart: ReactNode
  readonly table: ReactNode
}

/** A chart with its summary in words and its figures one click away. */
function Panel({ title, caption, summary, chart, table }: PanelProps) {
  const { t } = useTranslation()
  const [isTable, setTable] = useState(false)
  return (
    <section className={`${page.panel} ${page.padded} ${classes.panel}`} aria-label={title}>
      <header className={classes.head}>
        <h2 className={page.panelTitle}>{title}</h2>
        <button type="button" className={classes.flip} aria-pressed={isTable} onClick={() => setTable((is) => !is)}>
          {t(isTable ? 'rounds.effort.as_chart' : 'rounds.effort.as_table')}
        </button>
      </header>
      <div className={page.caption}>{caption}</div>
      {isTable ? <div className={classes.tableBox}>{table}</div> : chart}
      <p className={classes.summary}>{summary}</p>
    </section>
  )
}

function MinutesTable({ groups }: { groups: EffortGroup[] }) {
  const { t } = useTranslation()
  const nameOf = useGroupName()
  const figure = (value: number) => formatNumber(value, 1)
  return (
    <table className={page.table}>
      <thead>
        <tr>
          <th scope="col">{t('rounds.effort.proposed_by')}</th>
          <th scope="col" className={page.number}>{t('rounds.effort.timed')}</th>
          <th scope="col" className={page.number}>{t('rounds.effort.median')}</th>
          <th scope="col" className={page.number}>{t('rounds.effort.middle_half')}</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <tr key={group.model}>
            <td title={group.model ?? undefined}>{nameOf(group)}</td>
            <td className={page.number}>{t('rounds.effort.of', { n: formatNumber(group.n_timed), of: formatNumber(group.n_cases) })}</td>
            {group.minutes ? (
              <>
                <td className={page.number}>{figure(group.minutes.median)}</td>
                <td className={page.number}>{`${figure(group.minutes.low)}–${figure(group.minutes.high)}`}</td>
              </>
            ) : (
              <td colSpan={2} className={page.soft}>{group.why_no_minutes}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function ChangesTable({ groups }: { groups: EffortGroup[] }) {
  const { t } = useTranslation()
  const nameOf = useGroupName()
  return (
    <table className={page.table}>
      <thead>
        <tr>
          <th scope="col">{t('rounds.effort.proposed_by')}</th>
          <th scope="col" className={page.number}>{t('rounds.effort.levels')}</th>
          {KINDS.map((kind) => (
            <th key={kind} scope="col" className={page.number}>{t(`rounds.effort.${kind}`)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <tr key={group.model}>
            <td title={group.model ?? undefined}>{nameOf(group)}</td>
            <td className={page.number}>{formatNumber(group.n_levels)}</td>
            {group.changes === null && <td colSpan={3} className={page.soft}>{group.why_no_changes}</td>}
            {KINDS.map((kind) => group.changes && <td key={kind} className={page.number}>{shareOf(group.changes[kind])}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const KINDS = ['untouched', 'small', 'large'] as const

function useSummaries({ groups, n_unmeasured: unmeasured }: EffortOut) {
  const { t } = useTranslation()
  const nameOf = useGroupName()
  const lost = unmeasured > 0 ? [t('rounds.effort.unmeasured', { count: unmeasured })] : []
  const minutes = groups.flatMap((group) =>
    group.minutes
      ? [t('rounds.effort.minutes_of', { name: nameOf(group), median: formatNumber(group.minutes.median, 1), count: group.n_timed })]
      : [t('rounds.effort.unknown_of', { name: nameOf(group), why: group.why_no_minutes })])
  const changes = groups.flatMap((group) =>
    group.changes
      ? [t('rounds.effort.changes_of', { name: nameOf(group), share: shareOf(group.changes.untouched), count: group.n_levels })]
      : [t('rounds.effort.unknown_of', { name: nameOf(group), why: group.why_no_changes })])
  return { minutes: [...minutes, ...lost].join(' '), changes: [...changes, ...lost].join(' ') }
}

/** How refining got faster, or not: measured minutes and what had to be changed, by proposing model. */
export function Effort({ dataset }: { dataset: string }) {
  const { data } = useQuery({
    queryKey: ['effort', dataset],
    queryFn: ({ signal }) => api.get<EffortOut>(`/datasets/${dataset}/effort/`, signal),
  })
  return data ? <Curves effort={data} /> : null
}

function Curves({ effort }: { effort: EffortOut }) {
  const { t } = useTranslation()
  const summaries = useSummaries(effort)
  const { groups } = effort
  const none = <p className={classes.none}>{t('rounds.effort.none')}</p>
  return (
    <div className={classes.pair}>
      <Panel
        title={t('rounds.effort.minutes_title')}
        caption={t('rounds.effort.minutes_caption')}
        summary={summaries.minutes}
        chart={groups.length > 0 ? <MinutesCurve groups={groups} label={summaries.minutes} /> : none}
        table={<MinutesTable groups={groups} />}
      />
      <Panel
        title={t('rounds.effort.changes_title')}
        caption={
          <span className={classes.legend}>
            {KINDS.map((kind) => (
              <span key={kind} data-kind={kind}>
                {t(`rounds.effort.${kind}`)}
              </span>
            ))}
          </span>
        }
        summary={[summaries.changes, t('rounds.effort.how', { share: shareOf(effort.small_change) })].join(' ')}
        chart={groups.length > 0 ? <ChangeBars groups={groups} label={summaries.changes} /> : none}
        table={<ChangesTable groups={groups} />}
      />
    </div>
  )
}

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Progress } from '../api/types'
import { formatMoment, formatNumber, formatPercent } from '../domain/format'
import { Notice } from '../shell/Notice'
import page from '../shell/page.module.css'
import classes from './Protocol.module.css'
import { useAssignOpen, useBringBack } from './queries'
import { Substitute } from './Substitute'

type Reader = Progress['readers'][number]
const NONE = '—'
const HOUR = 60

/** A forecast in words: time, time per case and the number of cases it rests on; or why there is none. */
function useForecast() {
  const { t } = useTranslation()
  return ({ minutes_left, minutes_per_case, n_cases, reason }: Reader['forecast']) => {
    if (minutes_left === null || minutes_per_case === null) return reason
    const figures = { each: formatNumber(minutes_per_case, 1), n: formatNumber(n_cases) }
    return minutes_left < 2 * HOUR
      ? t('protocol.readers.minutes_of', { minutes: formatNumber(minutes_left), ...figures })
      : t('protocol.readers.hours_of', { hours: formatNumber(minutes_left / HOUR, 1), ...figures })
  }
}

interface Acts {
  readonly onReplace: (reader: Reader) => void
  readonly onBringBack: (reader: Reader) => void
}

function Row({ reader, onReplace, onBringBack }: Acts & { readonly reader: Reader }) {
  const { t } = useTranslation()
  const words = useForecast()
  const remarks = [
    ...(reader.is_reader ? [] : [t('protocol.readers.left')]),
    ...(reader.is_away ? [t('protocol.readers.away')] : []),
    ...(reader.ended > 0 ? [t('protocol.readers.ended', { count: reader.ended })] : []),
  ]
  return (
    <tr>
      <th scope="row" className={classes.name}>
        {reader.name}
        {remarks.length > 0 && <small>{remarks.join(', ')}</small>}
      </th>
      <td className={page.number}>{formatNumber(reader.assigned)}</td>
      <td className={`${page.number} ${page.strong}`}>{formatNumber(reader.open)}</td>
      <td className={page.number}>{formatNumber(reader.submitted)}</td>
      <td className={`${page.number} ${reader.overdue > 0 ? page.warn : ''}`}>{formatNumber(reader.overdue)}</td>
      <td className={classes.nowrap}>{reader.next_due ? formatMoment(new Date(reader.next_due)) : NONE}</td>
      <td className={page.soft}>{reader.open > 0 ? words(reader.forecast) : NONE}</td>
      <td className={page.number}>
        {reader.open > 0 && (
          <Button variant="default" size="xs" onClick={() => onReplace(reader)} aria-label={t('protocol.readers.replace_of', { name: reader.name })}>
            {t('protocol.readers.replace')}
          </Button>
        )}
        {reader.is_away && (
          <Button variant="default" size="xs" onClick={() => onBringBack(reader)} aria-label={t('protocol.readers.bring_back_of', { name: reader.name })}>
            {t('protocol.readers.bring_back')}
          </Button>
        )}
      </td>
    </tr>
  )
}

const COLUMNS = ['assigned_n', 'open', 'submitted', 'overdue'] as const

function ReaderTable({ readers, ...acts }: Acts & { readonly readers: readonly Reader[] }) {
  const { t } = useTranslation()
  if (readers.length === 0) return <p className={page.soft}>{t('protocol.readers.empty')}</p>
  return (
    <div className={classes.scroll}>
      <table className={page.table}>
        <thead>
          <tr>
            <th scope="col">{t('protocol.readers.reader')}</th>
            {COLUMNS.map((name) => <th key={name} scope="col" className={page.number}>{t(`protocol.readers.${name}`)}</th>)}
            <th scope="col">{t('protocol.readers.next_due')}</th>
            <th scope="col">{t('protocol.readers.forecast')}</th>
            <th aria-hidden />
          </tr>
        </thead>
        <tbody>
          {readers.map((reader) => <Row key={reader.key} reader={reader} {...acts} />)}
        </tbody>
      </table>
    </div>
  )
}

/** Who has how many readings, and the cases that nobody has yet. */
export function Readers({ dataset, progress }: { dataset: string; progress: Progress }) {
  const { t } = useTranslation()
  const assign = useAssignOpen(dataset)
  const bringBack = useBringBack(dataset)
  const words = useForecast()
  const [replaced, setReplaced] = useState<Reader | null>(null)
  const [said, setSaid] = useState('')
  const waiting = progress.n_waiting
  const done = assign.data
  return (
    <section className={`${page.panel} ${page.padded}`} aria-label={t('protocol.readers.reader')}>
      <div className={classes.titled}>
        <div>
          <h2 className={page.panelTitle}>
            {waiting > 0 ? t('protocol.readers.title_lacking', { count: waiting }) : t('protocol.readers.title_all')}
          </h2>
          <p className={page.subtitle}>
            {waiting > 0 && `${t('protocol.readers.places', { count: progress.places_open })} `}
            {t('protocol.readers.counts_only')}
          </p>
        </div>
        <Button variant="default" disabled={waiting === 0} loading={assign.isPending} onClick={() => { setSaid(''); assign.mutate() }}>
          {t('protocol.readers.assign')}
        </Button>
      </div>
      {assign.error && <Notice tone="bad" title={t('protocol.readers.not_assigned')}>{assign.error.message}</Notice>}
      {bringBack.error && <Notice tone="bad">{bringBack.error.message}</Notice>}
      {done && <Notice tone={done.short > 0 ? 'warn' : 'ok'}>
        {t('protocol.readers.assigned', { count: done.assigned })} {done.short > 0 && t('protocol.readers.short', { count: done.short })}
      </Notice>}
      {said && <Notice tone="ok">{said}</Notice>}
      <ReaderTable readers={progress.readers} onReplace={setReplaced} onBringBack={({ key }) => bringBack.mutate(key)} />
      <p className={page.caption}>{t('protocol.readers.all_left', { time: words(progress.forecast) })}</p>
      {replaced && (
        <Substitute
          dataset={dataset}
          reader={replaced}
          onClose={() => setReplaced(null)}
          onDone={({ ended, given }) => {
            setReplaced(null)
            assign.reset()
            setSaid(t('protocol.substitute.done', { count: ended, given: formatNumber(given) }))
          }}
        />
      )}
    </section>
  )
}

/** How many planted errors each reader found; absent before the first closed reading with one. */
export function Catches({ rows }: { rows: Progress['catches'] }) {
  const { t } = useTranslation()
  if (rows.length === 0) return null
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <h2 className={page.panelTitle}>{t('protocol.catches.title')}</h2>
      <p className={page.subtitle}>{t('protocol.catches.text')}</p>
      <table className={page.table}>
        <thead>
          <tr>
            <th scope="col">{t('protocol.readers.reader')}</th>
            <th scope="col" className={page.number}>{t('protocol.catches.shown')}</th>
            <th scope="col" className={page.number}>{t('protocol.catches.found')}</th>
            <th scope="col" className={page.number}>{t('protocol.catches.rate')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.name}</th>
              <td className={page.number}>{formatNumber(row.n)}</td>
              <td className={page.number}>{formatNumber(row.detected)}</td>
              <td className={page.number}>{row.rate === null ? row.reason : formatPercent(100 * row.rate)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

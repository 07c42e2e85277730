import { Button } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { CaseDetail, CaseEventOut, Move } from '../api/types'
import { formatMoment, formatNumber, formatSpacing } from '../domain/format'
import { Answer } from '../shell/Answer'
import { caseLink } from '../shell/caseLink'
import { Page } from '../shell/Page'
import page from '../shell/page.module.css'
import classes from './History.module.css'
import { useCaseDetail, useCaseHistory } from './queries'

const REASONS = ['leak', 'missing_part', 'wrong_level', 'fused', 'artefact', 'other'] as const

/** Moves that Lamina makes by itself; where one of them has no name, nobody's name is hidden. */
const OWN_MOVES: readonly Move[] = ['queue', 'offer', 'close_readings', 'settle']
const isOwnMove = (event: CaseEventOut) => OWN_MOVES.includes(event.move)

function useReason() {
  const { t } = useTranslation()
  return (event: CaseEventOut) => {
    const known = REASONS.find((reason) => reason === event.reason)
    const reason = known ? t(`history.reason.${known}`) : event.reason
    return [reason, event.note && `“${event.note}”`].filter(Boolean).join(': ')
  }
}

function Event({ event }: { event: CaseEventOut }) {
  const { t } = useTranslation()
  const reason = useReason()(event)
  return (
    <li className={classes.event}>
      <time dateTime={event.at}>{formatMoment(new Date(event.at))}</time>
      <div>
        <strong>{t(`history.move.${event.move}`)}</strong>
        <span className={page.soft}> · {event.by || t(isOwnMove(event) ? 'history.system' : 'history.somebody')}</span>
        {reason && <p>{reason}</p>}
      </div>
      <span className={page.caption}>
        {t('history.from_to', {
          from: t(`worklist.stage.${event.from_stage}`),
          to: t(`worklist.stage.${event.to_stage}`),
        })}
      </span>
    </li>
  )
}

function Events({ events }: { events: CaseEventOut[] }) {
  const { t } = useTranslation()
  if (events.length === 0) return <p className={`${page.panel} ${page.padded}`}>{t('history.none')}</p>
  const isBlind = events.some((event) => event.by === '' && !isOwnMove(event))
  return (
    <section className={page.panel}>
      <ol className={classes.events}>
        {[...events]
          .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
          .map((event) => (
            <Event key={`${event.at} ${event.move}`} event={event} />
          ))}
      </ol>
      {isBlind && <p className={`${page.caption} ${classes.blind}`}>{t('history.blind')}</p>}
    </section>
  )
}

const FACTS = [
  'modality', 'sex', 'age_years', 'contrast', 'manufacturer', 'model', 'kernel', 'kvp', 'slice_thickness_mm',
] as const

const shown = (value: string | number) => (typeof value === 'number' ? formatNumber(value, Number.isInteger(value) ? 0 : 2) : value)

function Facts({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation()
  const facts = FACTS.flatMap((name) => {
    const value = detail.series[name]
    return (typeof value === 'string' && value !== '') || typeof value === 'number' ? [{ name, value }] : []
  })
  return (
    <aside className={`${page.panel} ${page.padded}`}>
      <h2 className={page.panelTitle}>{t('history.facts')}</h2>
      <dl className={page.facts}>
        <dt>{t(detail.spacing_mm ? 'imports.column_spacing' : 'radiograph.spacing')}</dt>
        <dd>{detail.spacing_mm ? formatSpacing(detail.kind === 'radiograph' ? detail.spacing_mm.slice(0, 2) : detail.spacing_mm) : t('radiograph.unknown')}</dd>
        {facts.map(({ name, value }) => (
          <FactRow key={name} name={t(`history.fact.${name}`)} value={shown(value)} />
        ))}
      </dl>
      <Remarks remarks={detail.remarks} />
    </aside>
  )
}

/** What the intake noted of a radiograph: inverted, turned, not stated. */
function Remarks({ remarks }: { remarks: readonly string[] }) {
  const { t } = useTranslation()
  if (remarks.length === 0) return null
  return (
    <>
      <h2 className={page.panelTitle}>{t('history.remarks')}</h2>
      <ul className={`${page.soft} ${classes.remarks}`}>
        {remarks.map((remark) => <li key={remark}>{remark.charAt(0).toUpperCase() + remark.slice(1)}</li>)}
      </ul>
    </>
  )
}

const FactRow = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
)

function useSubtitle(detail: CaseDetail | undefined): string {
  const { t } = useTranslation()
  if (!detail) return '\u00a0'
  const parts = [detail.title, t('history.now', { stage: t(`worklist.stage.${detail.stage}`) })]
  if (detail.vertebrae.length > 0) parts.push(t('history.vertebrae', { count: detail.vertebrae.length }))
  return parts.filter(Boolean).join(' · ')
}

/** The way of one case until now, and what may be known of its series. */
export function History() {
  const { t } = useTranslation()
  const { case: id } = useParams({ from: '/c/$case/history' })
  const navigate = useNavigate()
  const detail = useCaseDetail(id)
  const history = useCaseHistory(id)
  const { data } = detail
  const subtitle = useSubtitle(data)
  return (
    <Page
      dataset={data?.dataset ?? ''}
      title={data ? t('history.title', { code: data.code }) : t('worklist.moves.history')}
      subtitle={subtitle}
      actions={
        <>
          {data && (
            <Button
              variant="default"
              leftSection={<IconArrowLeft size={16} aria-hidden />}
              renderRoot={(props) => <Link to="/d/$dataset/worklist" params={{ dataset: data.dataset }} {...props} />}
            >
              {t('history.back')}
            </Button>
          )}
          {data?.work && <Button onClick={() => void navigate(caseLink({ case: id, work: data.work }))}>{t('history.open')}</Button>}
        </>
      }
    >
      <Answer query={detail}>
        {(found) => (
          <div className={page.split}>
            <Answer query={history}>{(events) => <Events events={events} />}</Answer>
            <Facts detail={found} />
          </div>
        )}
      </Answer>
    </Page>
  )
}

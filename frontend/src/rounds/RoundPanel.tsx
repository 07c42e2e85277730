import { Progress } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { RoundOut } from '../api/types'
import { formatNumber, formatPercent } from '../domain/format'
import { Notice } from '../shell/Notice'
import page from '../shell/page.module.css'
import { GateTable } from './GateTable'
import classes from './Rounds.module.css'

function UnderWay({ round }: { round: RoundOut }) {
  const { t } = useTranslation()
  const number = formatNumber(round.number)
  return (
    <section className={`${page.panel} ${page.padded}`} role="status">
      <h2 className={page.panelTitle}>
        {t(round.state === 'queued' ? 'rounds.progress_queued' : 'rounds.progress_title', { number })}
      </h2>
      <Progress value={round.percent} size={6} aria-label={t('rounds.progress_title', { number })} />
      <p className={classes.message}>
        <span>{round.message}</span>
        <span>{formatPercent(round.percent)}</span>
      </p>
      <p className={page.caption} style={{ margin: 0 }}>
        {t('rounds.gate_running')}
      </p>
    </section>
  )
}

function Outcome({ round }: { round: RoundOut }) {
  const { t } = useTranslation()
  const key = round.outcome === 'promoted' ? 'rounds.gate_promoted' : 'rounds.gate_refused'
  return (
    <section className={page.panel}>
      <header className={classes.outcome}>
        {round.outcome && <h2 className={page.panelTitle}>{t(key, { version: round.candidate_model })}</h2>}
        <p>{round.sentence}</p>
      </header>
      {round.gate.length > 0 && <GateTable round={round} />}
    </section>
  )
}

function Facts({ round }: { round: RoundOut }) {
  const { t } = useTranslation()
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <dl className={page.facts}>
        <dt>{t('rounds.manifest')}</dt>
        <dd>
          {t('rounds.cases', { count: round.n_cases })}{' '}
          <span className={`${page.mono} ${page.soft}`}>{round.manifest_sha256}</span>
        </dd>
      </dl>
    </section>
  )
}

/** One round: how far it is, or how the two models compare and what follows. */
export function RoundPanel({ round }: { round: RoundOut }) {
  const { t } = useTranslation()
  const isOpen = round.state === 'queued' || round.state === 'running'
  return (
    <div className={page.stack}>
      {isOpen && <UnderWay round={round} />}
      {round.state === 'failed' && (
        <Notice tone="bad" title={t('rounds.failed_title', { number: formatNumber(round.number) })}>
          {round.message}
        </Notice>
      )}
      {round.state === 'done' && <Outcome round={round} />}
      <Facts round={round} />
    </div>
  )
}

import { Box, Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Attempt, Demand, QualificationStanding } from '../api/types'
import { formatMoment, formatNumber, formatPercent } from '../domain/format'
import { Notice } from '../shell/Notice'
import page from '../shell/page.module.css'
import { useBeginTest } from './queries'

const TONE = { to_do: 'accent', open: 'accent', failed: 'warn', exhausted: 'bad', passed: 'ok' } as const
const NONE = '—'
/** Own words beside the settled ones, in pixels. */
const ATTEMPT_WIDTH = 560

interface Props {
  readonly dataset: string
  readonly demand: Demand
  readonly own: QualificationStanding
}

/** Where a person stands with the test of one role, what it asks for, and every attempt with its figures. */
export function OwnTest({ dataset, demand, own }: Props) {
  const { t } = useTranslation()
  const begin = useBeginTest(dataset)
  const running = own.attempts.find((one) => one.passed === null)
  const mayBegin = own.standing === 'to_do' || own.standing === 'failed'
  const limits = { dice: demand.dice, least: demand.dice_least, count: demand.level_errors, kappa: demand.kappa }
  return (
    <section className={`${page.panel} ${page.padded} ${page.stack}`} aria-label={t(`qualification.of.${own.role}`)}>
      <h2 className={page.panelTitle}>{t(`qualification.of.${own.role}`)}</h2>
      <p className={page.subtitle}>{t(`qualification.asks.${own.role}`, limits)}</p>
      <Notice tone={TONE[own.standing]}>{t(`qualification.standing.${own.standing}`, { count: own.attempts_left })}</Notice>
      {begin.error && <Notice tone="bad">{begin.error.message}</Notice>}
      <div>
        {mayBegin && (
          <Button onClick={() => begin.mutate(own.role)} loading={begin.isPending}>
            {t(own.attempts.length > 0 ? 'qualification.again' : 'qualification.begin')}
          </Button>
        )}
        {running && (
          <Link to="/d/$dataset/worklist" params={{ dataset: running.house }}>
            {t('qualification.go_on', { done: running.n_handed_in, of: running.n_cases })}
          </Link>
        )}
      </div>
      {own.attempts.map((one) => <AttemptFigures key={one.number} attempt={one} role={own.role} />)}
    </section>
  )
}

/** A level under another name, or a grade that is not the settled one. */
const isWrong = (row: Attempt['vertebrae'][number], role: QualificationStanding['role']) =>
  role === 'student' ? row.found !== row.level : row.said !== row.true

function AttemptFigures({ attempt, role }: { attempt: Attempt; role: QualificationStanding['role'] }) {
  const { t } = useTranslation()
  const { result } = attempt
  if (!result || attempt.finished_at === null) return null
  const figure = (value: number | null | undefined) => (value == null ? NONE : formatNumber(value, 3))
  return (
    <Box component="section" maw={ATTEMPT_WIDTH}>
      <h3>{t(attempt.passed ? 'qualification.attempt_passed' : 'qualification.attempt_failed', { number: attempt.number, when: formatMoment(new Date(attempt.finished_at)) })}</h3>
      {role === 'student' ? (
        <p>{t('qualification.masks', { n: result.n_vertebrae, dice: figure(result.dice), least: figure(result.dice_least), count: result.level_errors })}</p>
      ) : (
        <p>
          {t('qualification.grades', {
            n: result.n_vertebrae,
            kappa: figure(result.kappa),
            same: result.agreement == null ? NONE : formatPercent(100 * result.agreement, 1),
            count: result.n_missing,
          })}
        </p>
      )}
      <table className={page.table}>
        <thead>
          <tr>
            <th scope="col">{t('qualification.level')}</th>
            <th scope="col">{t(role === 'student' ? 'qualification.found' : 'qualification.said')}</th>
            <th scope="col" className={page.number}>{t(role === 'student' ? 'qualification.dice' : 'qualification.true')}</th>
          </tr>
        </thead>
        <tbody>
          {attempt.vertebrae.map((row, place) => (
            <tr key={place}>
              <th scope="row">{row.level}</th>
              <td className={isWrong(row, role) ? page.warn : undefined}>{(role === 'student' ? row.found : row.said) ?? NONE}</td>
              <td className={page.number}>{role === 'student' ? figure(row.dice) : row.true}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Box>
  )
}

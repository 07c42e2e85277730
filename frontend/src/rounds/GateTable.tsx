import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { GateRow, RoundOut } from '../api/types'
import { formatChange, formatNumber } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Rounds.module.css'

const DECIMALS = 3
const NONE = '—'
const figure = (value: number | null) => (value === null ? NONE : formatNumber(value, DECIMALS))

const verdicts = {
  not_worse: { Icon: IconCheck, style: page.ok },
  worse: { Icon: IconX, style: page.bad },
  undefined: { Icon: IconMinus, style: page.soft },
}

function Verdict({ verdict }: { verdict: GateRow['verdict'] }) {
  const { t } = useTranslation()
  const { Icon, style } = verdicts[verdict]
  return (
    <span className={`${classes.verdict} ${style}`}>
      <Icon size={16} stroke={1.75} aria-hidden />
      {t(`rounds.verdicts.${verdict}`)}
    </span>
  )
}

function useModelNames(round: RoundOut) {
  const { t } = useTranslation()
  const name = (version: string | null, otherwise: string) => (version ? t('rounds.model', { version }) : otherwise)
  return { before: name(round.parent_model, t('rounds.before')), after: name(round.candidate_model, t('rounds.after')) }
}

/** The figures of the model in service and of the candidate, each ending in words. */
export function GateTable({ round }: { round: RoundOut }) {
  const { t } = useTranslation()
  const { before, after } = useModelNames(round)
  return (
    <div style={{ overflowX: 'auto' }}>
      <table className={page.table} aria-label={t('rounds.gate_table')}>
        <thead>
          <tr>
            <th scope="col">
              {round.evaluated_on ? t('rounds.metric', { set: round.evaluated_on }) : t('rounds.metric_plain')}
            </th>
            <th scope="col" className={page.number}>{before}</th>
            <th scope="col" className={page.number}>{after}</th>
            <th scope="col" className={page.number}>{t('rounds.difference')}</th>
            <th scope="col">{t('rounds.verdict')}</th>
          </tr>
        </thead>
        <tbody>
          {round.gate.map((row) => (
            <tr key={row.metric}>
              <td>{row.name}</td>
              <td className={`${page.number} ${page.soft}`}>{figure(row.before)}</td>
              <td className={`${page.number} ${page.strong}`}>{figure(row.after)}</td>
              <td className={page.number}>{row.difference === null ? NONE : formatChange(row.difference, DECIMALS)}</td>
              <td>
                <Verdict verdict={row.verdict} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

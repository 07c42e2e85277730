import { useTranslation } from 'react-i18next'
import type { Agreement, AgreementRow } from '../api/types'
import { formatNumber, formatPercent } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Agreement.module.css'
import { partsOf, verdictOf } from './summary'

const NONE = '—'
const figure = (row: AgreementRow | null) => (row?.value == null ? NONE : formatNumber(row.value, 2))

/** Value and interval on a line from 0 to 1; agreement below chance starts left of it. */
function Interval({ row }: { row: AgreementRow | null }) {
  const { t } = useTranslation()
  if (row?.value == null) return <span className={page.soft}>{row?.reason ?? NONE}</span>
  if (row.low === null || row.high === null) return <span className={page.soft}>{row.reason}</span>
  const at = (value: number) => `${100 * Math.min(1, Math.max(0, value))}%`
  const ends = { from: formatNumber(row.low, 2), to: formatNumber(row.high, 2) }
  return (
    <span className={classes.interval}>
      <span className={classes.line} aria-hidden>
        <span className={classes.range} style={{ left: at(row.low), right: `calc(100% - ${at(row.high)})` }} />
        <span className={classes.dot} style={{ left: at(row.value) }} />
      </span>
      {t('agreement.interval', ends)}
    </span>
  )
}

/** Percent and kappa of one pair of readers, by part of the spine. */
export function KappaTable({ report, readers }: { report: Agreement; readers: readonly string[] }) {
  const { t } = useTranslation()
  const parts = partsOf(report, readers)
  const all = parts.find((part) => part.group === 'all')
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <h2 className={page.panelTitle}>{t(`agreement.verdict.${verdictOf(all?.weighted ?? null)}`)}</h2>
      <p className={page.subtitle}>{t('agreement.by_bootstrap', { count: report.draws })}</p>
      <div className={classes.scroll}>
        <table className={page.table}>
          <thead>
            <tr>
              <th scope="col">{t('agreement.part')}</th>
              <th scope="col" className={page.number}>{t('agreement.n')}</th>
              <th scope="col" className={page.number}>{t('agreement.same')}</th>
              <th scope="col" className={page.number}>{t('agreement.kappa')}</th>
              <th scope="col" className={page.number}>{t('agreement.kappa_quadratic')}</th>
              <th scope="col">{t('agreement.interval_95')}</th>
            </tr>
          </thead>
          <tbody>
            {parts.map(({ group, n, same, kappa, weighted }) => (
              <tr key={group} className={group === 'all' ? page.strong : undefined}>
                <th scope="row">{t(`agreement.group.${group}`, { defaultValue: group })}</th>
                <td className={page.number}>{formatNumber(n)}</td>
                <td className={page.number}>{same?.value == null ? NONE : formatPercent(100 * same.value, 1)}</td>
                <td className={page.number}>{figure(kappa)}</td>
                <td className={`${page.number} ${page.strong}`}>{figure(weighted)}</td>
                <td><Interval row={weighted ?? kappa} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

import { useTranslation } from 'react-i18next'
import type { Agreement, AgreementRow } from '../api/types'
import { formatNumber, formatPercent } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Agreement.module.css'
import { Interval, NONE } from './Interval'
import { partsOf, verdictOf } from './summary'

const figure = (row: AgreementRow | null) => (row?.value == null ? NONE : formatNumber(row.value, 2))

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

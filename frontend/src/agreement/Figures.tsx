import { useTranslation } from 'react-i18next'
import type { AgreementRow } from '../api/types'
import { formatNumber } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Agreement.module.css'
import { NONE } from './Interval'

interface Props {
  readonly title: string
  readonly text: string
  readonly rows: readonly AgreementRow[]
  /** Heading of the first column, and what stands in it. */
  readonly who?: { readonly heading: string; readonly of: (row: AgreementRow) => string }
  readonly children?: React.ReactNode
}

/** Statistics one below the other: what was rated, by what it is told, value, interval or the reason for none. */
export function Figures({ title, text, rows, who, children }: Props) {
  const { t } = useTranslation()
  return (
    <section className={`${page.panel} ${page.padded} ${classes.whole}`}>
      <div className={classes.titled}>
        <h2 className={page.panelTitle}>{title}</h2>
        {children}
      </div>
      <p className={page.subtitle}>{text}</p>
      <div className={classes.scroll}>
        <table className={page.table}>
          <thead>
            <tr>
              {who && <th scope="col">{who.heading}</th>}
              <th scope="col">{t('agreement.of_column')}</th>
              <th scope="col">{t('agreement.statistic')}</th>
              <th scope="col" className={page.number}>{t('agreement.value')}</th>
              <th scope="col">{t('agreement.interval_95')}</th>
              <th scope="col" className={page.number}>{t('agreement.n')}</th>
              <th scope="col" className={page.number}>{t('agreement.n_patients')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.readers.join()} ${row.group} ${row.of} ${row.statistic}`}>
                {who && <th scope="row">{who.of(row)}</th>}
                <td>{t(`agreement.of.${row.of}`, { defaultValue: row.of })}</td>
                <td>{t(`agreement.by.${row.statistic}`, { defaultValue: row.statistic })}</td>
                <td className={page.number}>{row.value === null ? NONE : formatNumber(row.value, 3)}</td>
                <td>
                  {row.low === null || row.high === null ? (
                    <span className={page.soft}>{row.reason}</span>
                  ) : (
                    t('agreement.interval', { from: formatNumber(row.low, 3), to: formatNumber(row.high, 3) })
                  )}
                </td>
                <td className={page.number}>{formatNumber(row.n_units)}</td>
                <td className={page.number}>{formatNumber(row.n_clusters)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

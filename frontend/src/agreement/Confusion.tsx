import { useTranslation } from 'react-i18next'
import type { ReaderPair } from '../api/types'
import { formatNumber } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Agreement.module.css'
import { differing } from './summary'

/** Which grades two readers gave; the diagonal is where they agree. */
export function Confusion({ pair }: { pair: ReaderPair }) {
  const { t } = useTranslation()
  const [first = '', second = ''] = pair.readers
  const { total, apart } = differing(pair.confusion)
  const differ = total - apart[0]
  const most = Math.max(1, ...pair.confusion.flat())
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <h2 className={page.panelTitle}>{t('agreement.differ', { count: total, differ: formatNumber(differ) })}</h2>
      <p className={page.subtitle}>
        {t('agreement.apart', { two: formatNumber(apart[2]), three: formatNumber(apart[3]) })}
        {pair.n_near_limit !== null && differ > 0 && ` ${t('agreement.near_limit', { count: pair.n_near_limit, differ: formatNumber(differ) })}`}
      </p>
      <table className={classes.confusion} aria-label={t('agreement.confusion', { first, second })}>
        <thead>
          <tr>
            <td />
            <th scope="colgroup" colSpan={4}>{t('agreement.reader', { name: second })}</th>
          </tr>
          <tr>
            <th scope="col">{t('agreement.reader', { name: first })}</th>
            {pair.confusion.map((_, grade) => <th key={grade} scope="col">{grade}</th>)}
          </tr>
        </thead>
        <tbody>
          {pair.confusion.map((row, a) => (
            <tr key={a}>
              <th scope="row">{a}</th>
              {row.map((n, b) => (
                <td key={b} data-same={a === b} data-none={n === 0} style={{ '--share': 0.2 + (0.8 * n) / most } as React.CSSProperties}>
                  <span>{formatNumber(n)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

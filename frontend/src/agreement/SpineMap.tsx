import { useTranslation } from 'react-i18next'
import type { ReaderPair } from '../api/types'
import { formatNumber } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Agreement.module.css'

const KINDS = ['grade', 'moderate', 'shape', 'g'] as const

/** The spine from cranial to caudal with how often two readers differ at each level, and in what. */
export function SpineMap({ pair }: { pair: ReaderPair }) {
  const { t } = useTranslation()
  const [first = '', second = ''] = pair.readers
  if (pair.map.length === 0) return null
  return (
    <section className={`${page.panel} ${page.padded} ${classes.whole}`}>
      <h2 className={page.panelTitle}>{t('agreement.map')}</h2>
      <p className={page.subtitle}>{t('agreement.map_text', { first, second })}</p>
      <div className={classes.scroll}>
        <table className={classes.map} aria-label={t('agreement.map')}>
          <thead>
            <tr>
              <td />
              {pair.map.map((row) => <th key={row.level} scope="col">{row.level}</th>)}
            </tr>
          </thead>
          <tbody>
            {KINDS.map((kind) => (
              <tr key={kind}>
                <th scope="row">{t(`agreement.kind.${kind}`)}</th>
                {pair.map.map((row) => {
                  const { n, n_different } = row[kind]
                  return (
                    <td
                      key={row.level}
                      data-none={n === 0}
                      style={{ '--share': n ? n_different / n : 0 } as React.CSSProperties}
                      title={t('agreement.of_level', { level: row.level, n, n_different })}
                    >
                      {n > 0 && formatNumber(n_different)}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

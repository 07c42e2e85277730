import { useTranslation } from 'react-i18next'
import type { LevelAgreement } from '../api/types'
import { formatPercent } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Agreement.module.css'
import { worstLevels } from './summary'

/** At which levels grades differ: one bar per level, the worst two marked and named. */
export function LevelBars({ levels }: { levels: readonly LevelAgreement[] }) {
  const { t } = useTranslation()
  const worst = worstLevels(levels).map((one) => one.level)
  const read = levels.filter((one) => one.n > 0)
  const most = Math.max(0.1, ...read.map((one) => one.n_different / one.n))
  const title =
    worst.length === 0 ? t('agreement.no_worst') : t('agreement.worst', { count: worst.length, first: worst[0], second: worst[1] })
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <h2 className={page.panelTitle}>{title}</h2>
      <p className={page.subtitle}>{t('agreement.share')}</p>
      <ul className={classes.bars} aria-label={t('agreement.share')}>
        {read.map(({ level, n, n_different }) => {
          const share = n_different / n
          return (
            <li key={level} title={t('agreement.of_level', { level, n, n_different })}>
              <span className={classes.barValue}>{formatPercent(100 * share)}</span>
              <span className={classes.bar} data-worst={worst.includes(level)} style={{ height: `${(100 * share) / most}%` }} />
              <span className={classes.barName}>{level}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

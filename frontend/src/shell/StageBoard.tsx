import { useTranslation } from 'react-i18next'
import type { Worklist } from '../api/types'
import { formatNumber, formatWait } from '../domain/format'
import page from './page.module.css'
import classes from './StageBoard.module.css'
import { LONG_WAIT_DAYS } from './waits'

type StageCount = Worklist['stages'][number]

const isResting = (one: StageCount) => one.stage === 'final' || one.stage === 'excluded'

function StageLine({ one, largest }: { one: StageCount; largest: number }) {
  const { t } = useTranslation()
  const isLong = !isResting(one) && one.longest_wait_days > LONG_WAIT_DAYS
  const wait = isResting(one) || one.n === 0 ? '' : formatWait(one.longest_wait_days)
  return (
    <li>
      <span>{t(`worklist.stage.${one.stage}`)}</span>
      <span>
        {one.n > 0 && (
          <span
            className={classes.meter}
            style={{ display: 'block', width: `${(100 * one.n) / largest}%` }}
            data-stage={one.stage}
            data-long={isLong || undefined}
          />
        )}
      </span>
      <span className={classes.count}>{formatNumber(one.n)}</span>
      <span className={`${classes.wait} ${isLong ? classes.longWait : ''}`}>{wait}</span>
    </li>
  )
}

/** How many cases are at each stage, and the longest wait there. */
export function StageBoard({ stages }: { stages: Worklist['stages'] }) {
  const { t } = useTranslation()
  const total = stages.reduce((sum, one) => sum + one.n, 0)
  const largest = Math.max(1, ...stages.map((one) => one.n))
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <h2 className={page.panelTitle}>{t('worklist.board.title', { count: total })}</h2>
      <ul className={classes.board}>
        {stages.map((one) => (
          <StageLine key={one.stage} one={one} largest={largest} />
        ))}
      </ul>
      <p className={page.caption} style={{ margin: '12px 0 0' }}>
        {t('worklist.board.caption')}
      </p>
    </section>
  )
}

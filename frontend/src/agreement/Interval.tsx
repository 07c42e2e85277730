import { useTranslation } from 'react-i18next'
import type { AgreementRow } from '../api/types'
import { formatNumber } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Agreement.module.css'

export const NONE = '—'

/** Value and interval on a line from 0 to 1; agreement below chance starts left of it. */
export function Interval({ row }: { row: AgreementRow | null }) {
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

import { useTranslation } from 'react-i18next'
import type { Share } from '../api/types'
import { formatPercent } from '../domain/format'
import page from '../shell/page.module.css'

interface Props {
  readonly share: Omit<Share, 'hits'> & { readonly hits: number | null }
}

/** A share with its interval, or the reason why there is none. */
export function ShareCell({ share }: Props) {
  const { t } = useTranslation()
  if (share.value === null) return <span className={page.soft}>{share.reason}</span>
  const counted = share.hits === null ? undefined : t('agreement.hits', { hits: share.hits, of: share.of })
  return (
    <span title={counted}>
      {formatPercent(100 * share.value, 1)}{' '}
      {share.low !== null && share.high !== null && (
        <span className={page.soft}>{t('agreement.interval', { from: formatPercent(100 * share.low), to: formatPercent(100 * share.high) })}</span>
      )}
    </span>
  )
}

import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatClock } from '../domain/format'
import { Banner } from './SaveBanner'
import type { useLease } from './useWorkplace'

/** Says who else is working here; nothing while the case is mine. */
export function LeaseBanner({ lending }: { lending: ReturnType<typeof useLease> }) {
  const { t } = useTranslation()
  const { lease, refusal, takeOver } = lending
  if (lease?.is_me || (!lease && !refusal)) return null
  const text = lease
    ? t('refinement.worksHere', { name: lease.holder_name, until: formatClock(new Date(lease.until)) })
    : (refusal ?? '')
  return (
    <Banner tone="warn" text={text}>
      {lease && <Button size="compact-sm" variant="default" onClick={takeOver}>{t('refinement.takeOver')}</Button>}
    </Banner>
  )
}

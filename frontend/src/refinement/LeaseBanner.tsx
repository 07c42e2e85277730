import { Button } from '@mantine/core'
import { IconLock, IconMessageQuestion } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Lease } from '../api/types'
import { formatClock } from '../domain/format'
import { Banner } from './Banner'
import type { Lending } from './useLease'
import type { Workplace } from './useWorkplace'

/** Says who else works here, who asks for the case, or that it was taken; nothing while all is well. */
export function LeaseBanner({ place, lending }: { place: Workplace; lending: Lending }) {
  const { t } = useTranslation()
  const { lease, refusal, isFree, take } = lending
  if (place.seat.state === 'elsewhere') return <OtherTab place={place} />
  if (lease?.is_me) return lease.asked_by ? <Asked lease={lease} lending={lending} place={place} /> : null
  if (lease) return <Held lease={lease} lending={lending} place={place} />
  if (isFree)
    return (
      <Banner tone="warn" icon={<IconLock size={18} />} title={t('refinement.freeTitle')} text={t('refinement.freeText')}>
        <Button size="compact-sm" onClick={take}>{t('refinement.workHere')}</Button>
      </Banner>
    )
  return refusal ? <Banner tone="warn" text={refusal} /> : null
}

/** The case is open in another tab of this browser. */
function OtherTab({ place }: { place: Workplace }) {
  const { t } = useTranslation()
  return (
    <Banner tone="warn" icon={<IconLock size={18} />} title={t('refinement.otherTabTitle')} text={t('refinement.otherTabText')}>
      <Button size="compact-sm" onClick={place.seat.take}>{t('refinement.workHere')}</Button>
    </Banner>
  )
}

function Asked({ lease, lending, place }: { lease: Lease; lending: Lending; place: Workplace }) {
  const { t } = useTranslation()
  const { waiting } = place.save
  return (
    <Banner tone="warn" icon={<IconMessageQuestion size={18} />} title={t('refinement.asks', { name: lease.asked_by })} text={t('refinement.asksText')}>
      <Button size="compact-sm" disabled={waiting > 0} onClick={() => lending.answer(true)}>{t('refinement.handOver')}</Button>
      <Button size="compact-sm" variant="default" onClick={() => lending.answer(false)}>{t('refinement.notNow')}</Button>
    </Banner>
  )
}

/** Somebody else works here: watch, ask, or take it over. */
function Held({ lease, lending, place }: { lease: Lease; lending: Lending; place: Workplace }) {
  const { t } = useTranslation()
  const { lostTo, asking, ask, takeOver } = lending
  const { waiting } = place.save
  const given = { name: lease.holder_name, until: formatClock(new Date(lease.until)), at: formatClock(new Date(lease.taken_at)), count: waiting }
  const title = t(lostTo ? 'refinement.takenTitle' : 'refinement.heldTitle', given)
  const text = waiting > 0 ? t('refinement.heldWaiting', given) : t(asking === 'refused' ? 'refinement.heldRefused' : 'refinement.heldText', given)
  const { isWatching, setWatching } = place.watch
  return (
    <Banner tone="warn" icon={<IconLock size={18} />} title={title} text={text}>
      <Button size="compact-sm" variant={isWatching ? 'filled' : 'default'} aria-pressed={isWatching} onClick={() => setWatching(!isWatching)}>
        {t(isWatching ? 'refinement.watching' : 'refinement.watch')}
      </Button>
      <Button size="compact-sm" variant="default" disabled={asking === 'asked'} onClick={ask}>{t(asking === 'asked' ? 'refinement.asked' : 'refinement.ask')}</Button>
      <Button size="compact-sm" variant="default" onClick={takeOver}>{t('refinement.takeOver')}</Button>
    </Banner>
  )
}

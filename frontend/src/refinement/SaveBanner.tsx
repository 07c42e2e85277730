import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { formatClock } from '../domain/format'
import type { SpineView } from '../viewer'
import type { Workplace } from './useWorkplace'

/** Says why strokes wait and what can be done; nothing while all is well. */
export function SaveBanner({ place }: { place: Workplace & { readonly view: SpineView } }) {
  const { t } = useTranslation()
  const isLost = useStore(place.view.state, (state) => state.isLost)
  const { save, outbox } = place
  const count = save.waiting
  if (isLost)
    return (
      <Banner tone="bad" text={t('refinement.lost')}>
        <Button size="compact-sm" onClick={() => location.reload()}>{t('refinement.reload')}</Button>
      </Banner>
    )
  if (save.kind === 'offline')
    return (
      <Banner tone="warn" text={t('refinement.offline', { since: formatClock(save.since), count })}>
        <span>{t('refinement.nextTry', { at: formatClock(save.nextTry) })}</span>
        <Button size="compact-sm" variant="default" onClick={() => outbox?.begin()}>{t('refinement.tryNow')}</Button>
      </Banner>
    )
  if (save.kind === 'signedOut')
    return <Banner tone="warn" text={t('refinement.signedOut', { count })} />
  if (save.kind === 'conflict')
    return (
      <Banner tone="bad" text={t('refinement.conflict', { count })}>
        <Button size="compact-sm" onClick={() => void place.takeTheirs(true)}>{t('refinement.keepMine')}</Button>
        <Button size="compact-sm" variant="default" onClick={() => void place.takeTheirs(false)}>{t('refinement.takeTheirs')}</Button>
      </Banner>
    )
  if (save.kind === 'refused')
    return (
      <Banner tone="bad" text={t('refinement.refused', { count, detail: save.detail })}>
        <Button size="compact-sm" variant="default" onClick={() => outbox?.begin()}>{t('refinement.tryNow')}</Button>
        <Button size="compact-sm" variant="default" onClick={() => void place.takeTheirs(false)}>{t('refinement.takeTheirs')}</Button>
      </Banner>
    )
  return null
}

export function Banner({ tone, text, children }: { tone: 'warn' | 'bad'; text: string; children?: React.ReactNode }) {
  return (
    <div className="ws-banner" data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <span>{text}</span>
      {children}
    </div>
  )
}

import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCloudOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { CaseDetail } from '../api/types'
import type { SaveState } from '../bridge'
import { formatClock } from '../domain/format'
import { askToSignIn } from '../shell/unsent'
import type { SpineView } from '../viewer'
import { Banner } from './Banner'
import { useNow } from './useNow'
import type { Workplace } from './useWorkplace'
import { SetAside, VersionsGate } from './VersionsGate'

const OFF = <IconCloudOff size={18} />
const ALERT = <IconAlertTriangle size={18} />

type Place = Workplace & { readonly detail: CaseDetail; readonly view: SpineView }

/** Says why strokes wait and what can be done; nothing while all is well. */
export function SaveBanner({ place }: { place: Place }) {
  return (
    <>
      <Waiting place={place} />
      <Unkept place={place} />
    </>
  )
}

/** Strokes wait that lie in this page's memory only. */
function Unkept({ place: { outbox, save } }: { place: Place }) {
  const { t } = useTranslation()
  if (!outbox || outbox.isKept || save.waiting === 0) return null
  return <Banner tone="bad" icon={ALERT} title={t('refinement.unkeptTitle')} text={t('refinement.unkept', { count: save.waiting })} />
}

function Waiting({ place }: { place: Place }) {
  const { t } = useTranslation()
  const isLost = useStore(place.view.state, (state) => state.isLost)
  const { save, outbox } = place
  const count = save.waiting
  if (isLost)
    return (
      <Banner tone="bad" icon={ALERT} text={t('refinement.lost')}>
        <Button size="compact-sm" onClick={() => location.reload()}>{t('refinement.reload')}</Button>
      </Banner>
    )
  if (save.kind === 'offline') return <Offline save={save} tryNow={() => outbox?.begin()} />
  if (save.kind === 'signedOut')
    return (
      <Banner tone="warn" icon={OFF} title={t('refinement.signedOutTitle')} text={t('refinement.signedOut', { count })}>
        <Button size="compact-sm" variant="outline" color="yellow" onClick={askToSignIn}>{t('refinement.signIn')}</Button>
      </Banner>
    )
  if (save.kind === 'conflict') return <VersionsGate place={place} count={count} />
  if (save.kind === 'lent' && place.detail.work !== 'refine' && place.detail.work !== 'check')
    return (
      <Banner tone="bad" icon={ALERT} text={t('versions.movedOn', { count })}>
        <SetAside place={place} />
      </Banner>
    )
  if (save.kind === 'refused')
    return (
      <Banner tone="bad" icon={ALERT} text={t('refinement.refused', { count, detail: save.detail })}>
        <Button size="compact-sm" variant="default" onClick={() => outbox?.begin()}>{t('refinement.tryNow')}</Button>
        <SetAside place={place} />
      </Banner>
    )
  return null
}

/** No connection, or a server that can store nothing now. */
function Offline({ save, tryNow }: { save: Extract<SaveState, { kind: 'offline' }>; tryNow: () => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const seconds = Math.max(0, Math.ceil((save.nextTry.getTime() - now.getTime()) / 1_000))
  const given = { since: formatClock(save.since), count: save.waiting, reason: save.reason }
  return (
    <Banner tone="warn" icon={OFF} title={t(save.reason ? 'refinement.unableTitle' : 'refinement.offlineTitle', given)} text={t(save.reason ? 'refinement.unable' : 'refinement.offline', given)}>
      <span>{seconds > 0 ? t('refinement.nextTry', { seconds }) : t('refinement.trying')}</span>
      <Button size="compact-sm" variant="outline" color="yellow" onClick={tryNow}>{t('refinement.tryNow')}</Button>
    </Banner>
  )
}

import { IconAlertTriangle, IconCloudCheck, IconCloudOff, IconCloudUp, IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Lease } from '../api/types'
import type { SaveState } from '../bridge'
import { formatAgo, formatClock } from '../domain/format'
import { useNow } from './useNow'

const SAVING_AFTER_MS = 1_000

/** Submitting waits until strokes that cannot be sent now have been. */
export const isPaused = (save: SaveState): boolean => save.kind !== 'saved' && save.kind !== 'saving'

/** "Saved 1 s ago" only when every stroke is safe on the server. */
export function SaveStatus({ save }: { save: SaveState }) {
  const { t } = useTranslation()
  const now = useNow()
  const size = 18
  const shown = () => {
    switch (save.kind) {
      case 'saved':
        return { icon: <IconCloudCheck size={size} />, tone: 'ok', text: save.at ? t('refinement.saved', { ago: formatAgo(save.at, now) }) : t('refinement.allSaved') }
      case 'saving':
        return now.getTime() - save.since.getTime() < SAVING_AFTER_MS
          ? { icon: <IconCloudUp size={size} />, tone: 'ok', text: t('refinement.saving') }
          : { icon: <IconCloudUp size={size} />, tone: 'warn', text: t('refinement.waiting', { count: save.waiting }) }
      case 'offline':
      case 'signedOut':
      case 'lent':
        return { icon: <IconCloudOff size={size} />, tone: 'warn', text: t('refinement.waiting', { count: save.waiting }) }
      default:
        return { icon: <IconAlertTriangle size={size} />, tone: 'bad', text: t('refinement.unsent', { count: save.waiting }) }
    }
  }
  const { icon, tone, text } = shown()
  return <span className="ws-saved" data-tone={tone} data-testid="save-state" data-kind={save.kind}>{icon}<span role="status">{text}</span></span>
}

export function LeaseStatus({ lease }: { lease: Lease | null }) {
  const { t } = useTranslation()
  if (!lease) return null
  const until = formatClock(new Date(lease.until))
  return <span className="ws-lease"><IconLock size={16} />{lease.is_me ? t('refinement.yours', { until }) : t('refinement.lentTo', { name: lease.holder_name, until })}</span>
}

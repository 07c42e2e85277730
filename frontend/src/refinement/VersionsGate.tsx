import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconGitMerge } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail } from '../api/types'
import type { Outbox } from '../bridge'
import type { SpineView } from '../viewer'
import { type Conflict, findConflict, leaveTheirs, settle } from './conflict'
import { ConflictDialog } from './ConflictDialog'
import type { Choice } from './merge'
import { Banner } from './Banner'
import type { Workplace } from './useWorkplace'

type Place = Workplace & { readonly detail: CaseDetail; readonly view: SpineView }

/**
 * Two versions of the mask: the banner that says so, and the choice per level. Where nothing contradicts,
 * both are merged without a question.
 */
export function VersionsGate({ place, count }: { place: Place; count: number }) {
  const { t } = useTranslation()
  const { outbox, detail, view } = place
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const { isBusy, keep, setAside, compare } = useVersions(place)
  useEffect(() => {
    void compare(setConflict)
    // Once, when the two versions are first known.
  }, [outbox])
  return (
    <>
      <Banner tone="bad" icon={<IconGitMerge size={18} />} text={t('versions.banner', { count })}>
        <Button size="compact-sm" loading={isBusy} onClick={() => void compare(setConflict)}>{t('versions.compare')}</Button>
        <Button size="compact-sm" variant="default" disabled={isBusy} onClick={() => void setAside()}>{t('versions.leaveTheirs')}</Button>
      </Banner>
      {conflict && <ConflictDialog code={detail.code} view={view} conflict={conflict} isBusy={isBusy} onLater={() => setConflict(null)} onSettle={(choice) => void keep(conflict, choice)} />}
    </>
  )
}

/** Strokes that the server will not take: they can be kept beside its mask. */
export function SetAside({ place }: { place: Place }) {
  const { t } = useTranslation()
  const { isBusy, setAside } = useVersions(place)
  return <Button size="compact-sm" variant="default" loading={isBusy} onClick={() => void setAside()}>{t('versions.leaveTheirs')}</Button>
}

/** What can be done about versions, one at a time; failures are shown and leave everything waiting. */
function useVersions({ caseId, outbox, reloadMask }: Place) {
  const { t } = useTranslation()
  const [isBusy, setBusy] = useState(false)
  const run = async (act: (outbox: Outbox) => Promise<void>) => {
    if (!outbox || isBusy) return
    setBusy(true)
    try {
      await act(outbox)
    } catch (failure) {
      notifications.show({ message: t('versions.failed', { why: failure instanceof Error ? failure.message : String(failure) }), color: 'red' })
    } finally {
      setBusy(false)
    }
  }
  const done = (message: string) => {
    notifications.show({ message, color: 'green' })
    reloadMask()
  }
  const keep = (found: Conflict, choice: Choice) =>
    run(async (own) => {
      await settle(caseId, own, found, choice)
      done(t('versions.settled'))
    })
  const setAside = () =>
    run(async (own) => {
      await leaveTheirs(caseId, own)
      done(t('versions.setAside'))
    })
  /** Merges what does not contradict; hands over what does. */
  const compare = (ask: (found: Conflict) => void) =>
    run(async (own) => {
      const found = await findConflict(caseId, own)
      if (found.comparison.conflicts.length > 0) return ask(found)
      await settle(caseId, own, found, new Map())
      done(t('versions.mergedAlone', { count: found.mine.length }))
    })
  return { isBusy, keep, setAside, compare }
}

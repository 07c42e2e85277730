import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconGitMerge } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail } from '../api/types'
import { type Outbox, Overtaken } from '../bridge'
import type { SpineView } from '../viewer'
import { type Conflict, findConflict, leaveTheirs, settle } from './conflict'
import { ConflictDialog } from './ConflictDialog'
import type { Choice } from './merge'
import { Banner } from './Banner'
import { isRefusal } from './useMask'
import type { Workplace } from './useWorkplace'

/** A comparison that the server did not answer is tried again after this long. */
const AGAIN_MS = 3_000

type Ask = (found: Conflict) => void
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
  const hasAsked = useRef(false)
  const ask = (found: Conflict) => {
    hasAsked.current = true
    setConflict(found)
  }
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    hasAsked.current = false
    const begin = async () => {
      if (hasAsked.current) return
      if (!(await compare(ask, 'quietly')) && !isOver) timer = setTimeout(() => void begin(), AGAIN_MS)
    }
    void begin()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
    // From when the two versions are first known until they were compared, however often the server is away.
  }, [outbox])
  return (
    <>
      <Banner tone="bad" icon={<IconGitMerge size={18} />} text={t('versions.banner', { count })}>
        <Button size="compact-sm" loading={isBusy} onClick={() => void compare(ask)}>{t('versions.compare')}</Button>
        <Button size="compact-sm" variant="default" disabled={isBusy} onClick={() => void setAside()}>{t('versions.leaveTheirs')}</Button>
      </Banner>
      {conflict && <ConflictDialog code={detail.code} view={view} conflict={conflict} isBusy={isBusy} onLater={() => setConflict(null)} onSettle={(choice) => void keep(conflict, choice, ask)} />}
    </>
  )
}

/** Strokes that the server will not take: they can be kept beside its mask. */
export function SetAside({ place }: { place: Place }) {
  const { t } = useTranslation()
  const { isBusy, setAside } = useVersions(place)
  return <Button size="compact-sm" variant="default" loading={isBusy} onClick={() => void setAside()}>{t('versions.leaveTheirs')}</Button>
}

/**
 * What can be done about versions, one at a time; failures are shown and leave everything waiting. Nothing
 * is painted meanwhile, until the settled mask is shown.
 */
function useVersions({ home, outbox, view, reloadMask }: Place) {
  const { t } = useTranslation()
  const [isBusy, setBusy] = useState(false)
  const busy = useRef(false)
  /** Runs what returns whether it is settled now; returns whether trying again would change nothing. */
  const run = async (act: (outbox: Outbox) => Promise<boolean>, how: 'aloud' | 'quietly' = 'aloud'): Promise<boolean> => {
    if (!outbox || busy.current) return false
    let isSettled = false
    busy.current = true
    setBusy(true)
    view.editor.pause('settling', true)
    try {
      isSettled = await act(outbox)
      return true
    } catch (failure) {
      const isRefused = isRefusal(failure)
      if (how === 'aloud' || isRefused) notifications.show({ message: t('versions.failed', { why: failure instanceof Error ? failure.message : String(failure) }), color: 'red' })
      return isRefused
    } finally {
      if (!isSettled) view.editor.pause('settling', false)
      busy.current = false
      setBusy(false)
    }
  }
  const done = (message: string): true => {
    notifications.show({ message, color: 'green' })
    reloadMask()
    return true
  }
  /** Merges what does not contradict; hands over what does. */
  const merge = async (own: Outbox, ask: Ask): Promise<boolean> => {
    const found = await findConflict(home, own)
    if (found.comparison.conflicts.length > 0) {
      ask(found)
      return false
    }
    await settle(home, own, found, new Map())
    return done(t('versions.mergedAlone', { count: found.mine.length }))
  }
  /** A stroke that was on its way when all began counts too: then what is known is worked out again. */
  const again = (act: () => Promise<boolean>, instead: () => Promise<boolean>) =>
    act().catch((failure: unknown) => {
      if (failure instanceof Overtaken) return instead()
      throw failure
    })
  const keep = (found: Conflict, choice: Choice, ask: Ask) =>
    run((own) => again(async () => {
      await settle(home, own, found, choice)
      return done(t('versions.settled'))
    }, () => merge(own, ask)))
  const setAside = () => {
    const leave = async (own: Outbox) => {
      await leaveTheirs(home, own)
      return done(t('versions.setAside'))
    }
    return run((own) => again(() => leave(own), () => leave(own)))
  }
  const compare = (ask: Ask, how?: 'aloud' | 'quietly') => run((own) => again(() => merge(own, ask), () => merge(own, ask)), how)
  return { isBusy, keep, setAside, compare }
}

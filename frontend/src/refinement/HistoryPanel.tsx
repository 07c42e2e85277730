import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client'
import type { ActRow, RevisionRow } from '../api/types'
import { formatClock, formatMoment, formatNumber } from '../domain/format'
import { SidePanel } from './SidePanel'
import { fetchLog } from './useMask'
import type { Moment, Past } from './usePast'
import type { Workplace } from './useWorkplace'

const AT_FIRST = 60
const MORE = 200

interface Line extends Moment {
  readonly at: string
  readonly facts: string
  readonly by: string
}

/** Every act on this mask, every whole mask kept, and versions that lost a race; the newest first. */
export function HistoryPanel({ place, past, onClose }: { place: Workplace; past: Past; onClose: () => void }) {
  const { t } = useTranslation()
  const { home, save } = place
  const [shown, setShown] = useState(AT_FIRST)
  const found = useQuery({
    queryKey: ['mask-history', home],
    queryFn: async ({ signal }) => ({
      acts: await fetchLog(home, 'start', signal),
      revisions: await api.get<RevisionRow[]>(`/${home}/revisions/`, signal),
    }),
  })
  const savedAt = save.kind === 'saved' ? save.at?.getTime() : null
  useEffect(() => {
    if (savedAt) void found.refetch()
    // Once more whenever everything was saved.
  }, [savedAt])
  const lines = useLines(found.data?.acts ?? [], found.data?.revisions ?? [], place.levels)
  const title = found.error ? found.error.message : t('versions.history')
  return (
    <SidePanel title={title} onClose={onClose} foot={save.waiting > 0 && <p>{t('versions.notYet', { count: save.waiting })}</p>}>
      {found.data && lines.length === 0 && <p className="ws-dim">{t('versions.nothing')}</p>}
      <ol className="ws-history">
        {lines.slice(0, shown).map((line) => {
          const isShown = past.past?.kind === line.kind && past.past.id === line.id
          return (
            <li key={`${line.kind}${line.id}`} data-kind={line.kind} data-shown={isShown}>
              <span>{line.title}</span>
              <small>{[line.facts, line.by, momentOf(new Date(line.at))].filter(Boolean).join(' · ')}</small>
              <Button size="compact-xs" variant="default" onClick={() => (isShown ? past.back() : past.look(line))}>{isShown ? t('versions.now') : t('versions.look')}</Button>
            </li>
          )
        })}
      </ol>
      {lines.length > shown && <Button mt="sm" size="xs" variant="default" onClick={() => setShown(shown + MORE)}>{t('versions.older', { count: lines.length - shown })}</Button>}
    </SidePanel>
  )
}

/** Today's clock time, or the day too. */
const momentOf = (at: Date): string => (at.toDateString() === new Date().toDateString() ? formatClock(at) : formatMoment(at))

function useLines(acts: readonly ActRow[], revisions: readonly RevisionRow[], levels: ReadonlyMap<number, string | null>): Line[] {
  const { t } = useTranslation()
  const ofAct = (act: ActRow): Line => {
    const level = act.number > 0 ? (levels.get(act.number) ?? `#${act.number}`) : null
    const tool = t(`versions.tool.${act.tool}`)
    const voxels = act.n_voxels > 0 && t('versions.voxels', { count: act.n_voxels, whole: formatNumber(act.n_voxels) })
    const named = act.levels.length > 0 && t('versions.levels', { count: act.levels.length })
    return {
      kind: 'act', id: act.sequence, at: act.at, by: act.by,
      title: level ? t('versions.actOn', { tool, level }) : tool,
      facts: [t('versions.afterAct', { sequence: act.sequence }), voxels, named].filter(Boolean).join(' · '),
    }
  }
  const ofRevision = (one: RevisionRow): Line =>
    one.track === 'main' || one.track === 'independent'
      ? { kind: 'revision', id: one.number, at: one.at, by: one.by, title: t(`versions.cause.${one.cause}`, { defaultValue: one.cause }), facts: t('versions.revision', { number: one.number }) + (one.by ? '' : ` · ${t(`versions.author.${one.author_kind}`)}`) }
      : { kind: 'version', id: one.id, at: one.at, by: one.by, title: t('versions.lost'), facts: t('versions.standsOn', { sequence: one.sequence }) }
  return [...acts.map(ofAct), ...revisions.map(ofRevision)].sort((a, b) => new Date(b.at).getTime() - new Date(a.at).getTime() || b.id - a.id)
}

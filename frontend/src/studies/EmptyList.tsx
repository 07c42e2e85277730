import { Button, Progress } from '@mantine/core'
import { IconCircleCheck, IconPhotoPlus, IconSearchOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Scope, useDataset, worklistOptions } from '../api/queries'
import type { Worklist, WorkRow } from '../api/types'
import { formatPercent } from '../domain/format'
import page from '../shell/page.module.css'

interface EmptyListProps {
  dataset: string
  scope: Scope
  search: string
  list: Worklist
  onSearch: (text: string) => void
  onScope: (scope: Scope) => void
}

function Empty({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <section className={`${page.panel} ${page.empty}`}>
      {icon}
      <h2>{title}</h2>
      {children}
    </section>
  )
}

const iconProps = { size: 40, stroke: 1.5, 'aria-hidden': true } as const

function NothingFound({ search, onSearch }: Pick<EmptyListProps, 'search' | 'onSearch'>) {
  const { t } = useTranslation()
  return (
    <Empty icon={<IconSearchOff {...iconProps} />} title={t('worklist.empty.search_title', { text: search })}>
      <p>{t('worklist.empty.search_text')}</p>
      <Button variant="default" onClick={() => onSearch('')}>
        {t('worklist.empty.search_clear')}
      </Button>
    </Empty>
  )
}

function NoCases({ dataset }: { dataset: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const isManager = useDataset(dataset).data?.roles.includes('manager') ?? false
  return (
    <Empty icon={<IconPhotoPlus {...iconProps} />} title={t('worklist.empty.dataset_title')}>
      <p>{t(isManager ? 'worklist.empty.dataset_text' : 'worklist.empty.dataset_wait')}</p>
      {isManager && (
        <Button onClick={() => void navigate({ to: '/d/$dataset/import', params: { dataset } })}>
          {t('worklist.empty.import')}
        </Button>
      )}
    </Empty>
  )
}

const isComing = (row: WorkRow) => row.stage === 'received' || row.stage === 'queued'
const isRunning = (row: WorkRow) => row.job?.state === 'running'

function Coming({ rows }: { rows: WorkRow[] }) {
  const { t } = useTranslation()
  const running = rows.find(isRunning)
  if (!running?.job) return null
  return (
    <div style={{ width: 300 }}>
      <Progress value={running.job.percent} size={4} aria-label={t('worklist.empty.preannotating', { code: running.code })} />
      <div className={page.caption} style={{ display: 'flex', justifyContent: 'space-between', marginTop: 6 }}>
        <span>{t('worklist.empty.preannotating', { code: running.code })}</span>
        <span>{formatPercent(running.job.percent)}</span>
      </div>
    </div>
  )
}

function CaughtUp({ scope, rows, onScope }: { scope: Scope; rows: WorkRow[]; onScope: (scope: Scope) => void }) {
  const { t } = useTranslation()
  const coming = rows.filter(isComing)
  const others = rows.length - coming.length
  const sentences = [
    t(scope === 'mine' ? 'worklist.empty.none_mine' : 'worklist.empty.none_ready'),
    coming.length > 0 ? t('worklist.empty.coming', { count: coming.length }) : '',
    coming.length === 0 && others > 0 ? t('worklist.empty.others', { count: others }) : '',
  ]
  const next = scope === 'mine' ? 'ready' : 'all'
  return (
    <Empty icon={<IconCircleCheck {...iconProps} />} title={t('worklist.empty.title')}>
      <p>{sentences.filter(Boolean).join(' ')}</p>
      <Coming rows={coming} />
      <Button variant="default" onClick={() => onScope(next)}>
        {t(`worklist.empty.show_${next}`)}
      </Button>
    </Empty>
  )
}

/** Why a list is empty, what is coming, and one act. */
export function EmptyList({ dataset, scope, search, list, onSearch, onScope }: EmptyListProps) {
  const all = useQuery(worklistOptions(dataset, 'all')).data
  if (search !== '' && list.rows.length > 0) return <NothingFound search={search} onSearch={onSearch} />
  if (!all) return null
  if (all.rows.length === 0) return <NoCases dataset={dataset} />
  return <CaughtUp scope={scope} rows={all.rows} onScope={onScope} />
}

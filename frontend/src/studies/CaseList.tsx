import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Scope, useDataset, worklistOptions } from '../api/queries'
import type { Worklist, WorkRow } from '../api/types'
import { useCommand, useScope } from '../keys/useKeys'
import { QualifyFirst } from '../qualification/QualifyFirst'
import { Answer } from '../shell/Answer'
import { caseLink } from '../shell/caseLink'
import { Page } from '../shell/Page'
import page from '../shell/page.module.css'
import { StageBoard } from '../shell/StageBoard'
import { CaseTable } from './CaseTable'
import { EmptyList } from './EmptyList'
import { ListBar } from './ListBar'
import { ModelNote } from './ModelNote'
import { NextCard } from './NextCard'
import { inOrder, matching, moved, orderOf } from './rows'
import { useSummary } from './useSummary'
import { YourWeek } from './YourWeek'

type ListRoute = '/d/$dataset/worklist' | '/d/$dataset/cases'

export interface CaseListProps {
  dataset: string
  from: ListRoute
  kind: 'work' | 'cases'
  standardScope: Scope
}

function useSelection(rows: WorkRow[], open: (row: WorkRow) => void) {
  const [chosen, setChosen] = useState<string | null>(null)
  const index = Math.max(0, rows.findIndex((row) => row.case === chosen))
  const select = (next: number) => setChosen(rows[next]?.case ?? null)
  useCommand('nextLevel', () => select(moved(index, 1, rows.length)))
  useCommand('previousLevel', () => select(moved(index, -1, rows.length)))
  useCommand('levelDone', () => rows[index] && open(rows[index]))
  return { index, select }
}

interface BodyProps {
  list: Worklist
  dataset: string
  kind: 'work' | 'cases'
  scope: Scope
  search: string
  order: string | undefined
  onSearch: (text: string) => void
  onScope: (scope: Scope) => void
}

function ListBody({ list, dataset, kind, scope, search, order, onSearch, onScope }: BodyProps) {
  const navigate = useNavigate()
  const open = (row: WorkRow) => void navigate(caseLink(row))
  const rows = inOrder(matching(list.rows, search), orderOf(order))
  const { index, select } = useSelection(rows, open)
  useCommand('nextCase', () => list.next && open(list.next), { enabled: list.next !== null })
  const models = useDataset(dataset).data
  if (rows.length === 0) {
    return <EmptyList dataset={dataset} scope={scope} search={search} list={list} onSearch={onSearch} onScope={onScope} />
  }
  return (
    <div className={page.split}>
      <CaseTable
        rows={rows}
        total={list.rows.length}
        dataset={dataset}
        selected={index}
        onSelect={select}
        onOpen={open}
      />
      <aside className={`${page.stack} ${page.stay}`}>
        {(list.next || kind === 'work') && <NextCard next={list.next} onOpen={open} />}
        {kind === 'work' && <YourWeek dataset={dataset} />}
        {kind === 'cases' && <StageBoard stages={list.stages} />}
        {models && <ModelNote model={models.model} />}
        {models?.radiograph_model && <ModelNote model={models.radiograph_model} isForRadiographs />}
      </aside>
    </div>
  )
}

/** A list of cases with search, scope and order in its address, and what is next beside it. */
export function CaseList({ dataset, from, kind, standardScope }: CaseListProps) {
  const { t } = useTranslation()
  const search = useSearch({ from })
  const navigate = useNavigate({ from })
  const scope = search.scope ?? standardScope
  const query = useQuery(worklistOptions(dataset, scope))
  const summary = useSummary(query.data, kind)
  useScope('list')
  const change = (part: { q?: string; scope?: Scope; order?: string }) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true })
  const onSearch = (q: string) => change({ q: q || undefined })
  const onScope = (next: Scope) => change({ scope: next === standardScope ? undefined : next })
  return (
    <Page
      dataset={dataset}
      title={t(kind === 'work' ? 'worklist.title' : 'worklist.title_manager')}
      subtitle={summary}
      actions={
        <ListBar
          search={search.q ?? ''}
          scope={scope}
          order={orderOf(search.order)}
          onSearch={onSearch}
          onScope={onScope}
          onOrder={(order) => change({ order: order === 'urgent' ? undefined : order })}
        />
      }
    >
      {kind === 'work' && <QualifyFirst dataset={dataset} />}
      <Answer query={query} rows={8}>
        {(list) => (
          <ListBody
            list={list}
            dataset={dataset}
            kind={kind}
            scope={scope}
            search={search.q ?? ''}
            order={search.order}
            onSearch={onSearch}
            onScope={onScope}
          />
        )}
      </Answer>
    </Page>
  )
}

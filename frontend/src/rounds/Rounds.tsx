import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDataset, worklistOptions } from '../api/queries'
import type { RoundOut } from '../api/types'
import { formatMoment, formatNumber } from '../domain/format'
import { NormalsPanel } from '../grading/NormalsPanel'
import { Answer } from '../shell/Answer'
import { Page } from '../shell/Page'
import page from '../shell/page.module.css'
import { StageBoard } from '../shell/StageBoard'
import { ChooseModel } from './ChooseModel'
import { Effort } from './Effort'
import { ModelCard, ModelList } from './ModelCard'
import { useModels, useRounds } from './queries'
import { RoundPanel } from './RoundPanel'
import classes from './Rounds.module.css'
import { StartRound } from './StartRound'
import { Timeline } from './Timeline'

function Aside({ dataset, isManager }: { dataset: string; isManager: boolean }) {
  const { t } = useTranslation()
  const models = useModels(dataset)
  const stages = useQuery(worklistOptions(dataset, 'all')).data?.stages ?? []
  const inService = models.data?.filter((model) => model.in_service) ?? []
  const [isChoosing, setChoosing] = useState(false)
  return (
    <aside className={page.stack}>
      <Answer query={models} rows={3}>
        {(all) => (
          <>
            {inService.map((model) => (
              <ModelCard key={model.id} model={model} />
            ))}
            {inService.length === 0 && (
              <section className={`${page.panel} ${page.padded}`}>
                <h2 className={page.panelTitle}>{t('rounds.none_in_service')}</h2>
                <p className={page.subtitle}>{t('rounds.none_in_service_text')}</p>
              </section>
            )}
            {isManager && (
              <Button variant="default" onClick={() => setChoosing(true)}>
                {t('rounds.choose.open')}
              </Button>
            )}
            {all.length > 1 && <ModelList models={all} />}
          </>
        )}
      </Answer>
      {stages.length > 0 && <StageBoard stages={stages} />}
      {isManager && <NormalsPanel dataset={dataset} />}
      {isChoosing && <ChooseModel dataset={dataset} onClose={() => setChoosing(false)} />}
    </aside>
  )
}

function NoRound() {
  const { t } = useTranslation()
  return (
    <section className={`${page.panel} ${page.empty}`}>
      <IconRefresh size={40} stroke={1.5} aria-hidden />
      <h2>{t('rounds.empty_title')}</h2>
      <p>{t('rounds.empty_text')}</p>
    </section>
  )
}

function useSubtitle(round: RoundOut | undefined): string {
  const { t } = useTranslation()
  if (!round) return t('rounds.empty_title')
  const parts = [
    t('rounds.summary_started', { when: formatMoment(new Date(round.created_at)), who: round.created_by }),
    t('rounds.cases', { count: round.n_cases }),
  ]
  if (round.finished_at) parts.push(t('rounds.summary_finished', { when: formatMoment(new Date(round.finished_at)) }))
  return parts.join(' · ')
}

const isUnderWay = (round: RoundOut) => round.state === 'queued' || round.state === 'running'

/** Rounds of training: each freezes the final cases, trains, compares, and keeps the better model. */
export function Rounds() {
  const { t } = useTranslation()
  const { dataset } = useParams({ from: '/d/$dataset/rounds' })
  const rounds = useRounds(dataset)
  const isManager = useDataset(dataset).data?.roles.includes('manager') ?? false
  const [chosen, setChosen] = useState<string | null>(null)
  const [isStarting, setStarting] = useState(false)
  const round = rounds.data?.find((one) => one.id === chosen) ?? rounds.data?.[0]
  const subtitle = useSubtitle(round)
  const mayStart = isManager && rounds.data !== undefined && !rounds.data.some(isUnderWay)
  const started = (id: string) => {
    setStarting(false)
    setChosen(id)
  }
  return (
    <Page
      dataset={dataset}
      title={round ? t('rounds.title_of', { number: formatNumber(round.number) }) : t('rounds.title')}
      subtitle={subtitle}
      actions={isManager && <Button disabled={!mayStart} onClick={() => setStarting(true)}>{t('rounds.start')}</Button>}
    >
      <Answer query={rounds}>
        {(all) => (
          <div className={page.stack}>
            {round && <Timeline rounds={all} selected={round} onSelect={setChosen} />}
            <Effort dataset={dataset} />
            <div className={`${page.split} ${classes.split}`}>
              {round ? <RoundPanel round={round} /> : <NoRound />}
              <Aside dataset={dataset} isManager={isManager} />
            </div>
          </div>
        )}
      </Answer>
      {isStarting && <StartRound dataset={dataset} onClose={() => setStarting(false)} onStarted={started} />}
    </Page>
  )
}

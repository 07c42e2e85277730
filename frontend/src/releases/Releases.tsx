import { Button, Progress, Select, Tooltip } from '@mantine/core'
import { IconDownload, IconPackageExport } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDataset } from '../api/queries'
import type { ReleaseOut } from '../api/types'
import { formatBytes, formatMoment, formatPercent } from '../domain/format'
import { Answer } from '../shell/Answer'
import { Chip, type Tone } from '../shell/Chip'
import { Notice } from '../shell/Notice'
import { Page } from '../shell/Page'
import page from '../shell/page.module.css'
import { Contents } from './Contents'
import { Files } from './Files'
import { NewRelease } from './NewRelease'
import { ProofList } from './ProofList'
import { mayDownload } from './proof'
import { useReleases } from './queries'
import classes from './Releases.module.css'

const TONES: Record<ReleaseOut['state'], Tone> = { queued: 'neutral', running: 'accent', done: 'ok', failed: 'bad' }

function Download({ release }: { release: ReleaseOut }) {
  const { t } = useTranslation()
  const size = release.n_bytes === null ? '' : formatBytes(release.n_bytes)
  const text = size ? t('releases.download', { size }) : t('releases.download_plain')
  const icon = <IconDownload size={18} stroke={1.75} aria-hidden />
  if (!mayDownload(release) || release.download_url === null) {
    return (
      <Tooltip label={t('releases.download_waits')}>
        <Button leftSection={icon} data-disabled aria-disabled onClick={(event) => event.preventDefault()}>
          {text}
        </Button>
      </Tooltip>
    )
  }
  return (
    <Button component="a" href={release.download_url} download leftSection={icon}>
      {text}
    </Button>
  )
}

function UnderWay({ release }: { release: ReleaseOut }) {
  const { t } = useTranslation()
  return (
    <section className={`${page.panel} ${page.padded}`} role="status">
      <Progress value={release.percent} size={6} aria-label={t(`releases.state.${release.state}`)} />
      <p className={classes.message}>
        <span>{release.message || t(`releases.state.${release.state}`)}</span>
        <span>{formatPercent(release.percent)}</span>
      </p>
    </section>
  )
}

function ReleaseBody({ release }: { release: ReleaseOut }) {
  const { t } = useTranslation()
  const isOpen = release.state === 'queued' || release.state === 'running'
  return (
    <div className={page.stack}>
      {isOpen && <UnderWay release={release} />}
      {release.state === 'failed' && (
        <Notice tone="bad" title={t('releases.failed_title')}>
          {release.message}
        </Notice>
      )}
      <div className={classes.columns}>
        <Contents release={release} />
        <div className={page.stack}>
          <ProofList release={release} />
          <Files release={release} />
        </div>
      </div>
    </div>
  )
}

function NoRelease({ isManager, onCreate }: { isManager: boolean; onCreate: () => void }) {
  const { t } = useTranslation()
  return (
    <section className={`${page.panel} ${page.empty}`}>
      <IconPackageExport size={40} stroke={1.5} aria-hidden />
      <h2>{t('releases.empty_title')}</h2>
      <p>{t('releases.empty_text')}</p>
      {isManager ? <Button onClick={onCreate}>{t('releases.create')}</Button> : <p>{t('releases.empty_wait')}</p>}
    </section>
  )
}

function Title({ release }: { release: ReleaseOut | undefined }) {
  const { t } = useTranslation()
  if (!release) return <>{t('releases.title')}</>
  return (
    <>
      {t('releases.title_of', { version: release.version })}
      <Chip tone={TONES[release.state]}>{t(`releases.state.${release.state}`)}</Chip>
    </>
  )
}

interface ActionsProps {
  all: ReleaseOut[]
  release: ReleaseOut | undefined
  isManager: boolean
  onChoose: (id: string) => void
  onCreate: () => void
}

function Actions({ all, release, isManager, onChoose, onCreate }: ActionsProps) {
  const { t } = useTranslation()
  if (!release) return null
  return (
    <>
      {all.length > 1 && (
        <Select
          w={160}
          aria-label={t('releases.which')}
          allowDeselect={false}
          value={release.id}
          data={all.map((one) => ({ value: one.id, label: t('releases.title_of', { version: one.version }) }))}
          onChange={(id) => id && onChoose(id)}
        />
      )}
      {isManager && (
        <Button variant="default" onClick={onCreate}>
          {t('releases.create')}
        </Button>
      )}
      {isManager && <Download release={release} />}
    </>
  )
}

function useSubtitle(release: ReleaseOut | undefined): string {
  const { t } = useTranslation()
  if (!release) return t('releases.empty_title')
  return [
    t('releases.snapshot', { when: formatMoment(new Date(release.created_at)) }),
    t('releases.cases', { count: release.n_cases }),
  ].join(' · ')
}

/** Frozen, proved snapshots of the final cases, to be taken away. */
export function Releases() {
  const { dataset } = useParams({ from: '/d/$dataset/releases' })
  const releases = useReleases(dataset)
  const isManager = useDataset(dataset).data?.roles.includes('manager') ?? false
  const [chosen, setChosen] = useState<string | null>(null)
  const [isCreating, setCreating] = useState(false)
  const all = releases.data ?? []
  const release = all.find((one) => one.id === chosen) ?? all[0]
  const subtitle = useSubtitle(release)
  const made = (id: string) => {
    setCreating(false)
    setChosen(id)
  }
  const create = () => setCreating(true)
  return (
    <Page
      dataset={dataset}
      title={<Title release={release} />}
      subtitle={subtitle}
      actions={<Actions all={all} release={release} isManager={isManager} onChoose={setChosen} onCreate={create} />}
    >
      <Answer query={releases}>
        {() => (release ? <ReleaseBody release={release} /> : <NoRelease isManager={isManager} onCreate={create} />)}
      </Answer>
      {isCreating && <NewRelease dataset={dataset} onClose={() => setCreating(false)} onMade={made} />}
    </Page>
  )
}

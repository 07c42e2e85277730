import { Button, Select } from '@mantine/core'
import { IconFileSearch, IconPhotoPlus } from '@tabler/icons-react'
import { useNavigate, useParams } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ImportOut } from '../api/types'
import { formatBytes, formatNumber } from '../domain/format'
import { Answer } from '../shell/Answer'
import { Notice } from '../shell/Notice'
import { Page } from '../shell/Page'
import page from '../shell/page.module.css'
import { Deidentified } from './Deidentified'
import { DropStrip } from './DropStrip'
import { FindingPanel } from './FindingPanel'
import { FindingTable } from './FindingTable'
import { FILTERS, type Filter, filtered, newCases, reportCsv } from './findings'
import classes from './Import.module.css'
import { Participants } from './Participants'
import { useImports } from './queries'
import { useUpload } from './useUpload'

function saveReport(one: ImportOut): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([reportCsv(one.findings)], { type: 'text/csv' }))
  link.download = 'import-report.csv'
  link.click()
  URL.revokeObjectURL(link.href)
}

function Filters({ one, filter, onFilter }: { one: ImportOut; filter: Filter; onFilter: (filter: Filter) => void }) {
  const { t } = useTranslation()
  return (
    <div className={classes.filters} role="group" aria-label={t('imports.filter')}>
      {FILTERS.map((name) => (
        <button key={name} type="button" aria-pressed={name === filter} onClick={() => onFilter(name)}>
          {t(`imports.filter_${name}`)} {formatNumber(filtered(one.findings, name).length)}
        </button>
      ))}
    </div>
  )
}

function Delivery({ one, children }: { one: ImportOut; children: ReactNode }) {
  const { t } = useTranslation()
  const [filter, setFilter] = useState<Filter>('all')
  const [chosen, setChosen] = useState<string | null>(null)
  const findings = filtered(one.findings, filter)
  const selected = findings.find((finding) => finding.name === chosen) ?? findings[0]
  if (one.findings.length === 0) {
    return (
      <>
        {one.state === 'failed' && <Notice tone="bad" title={t('imports.stopped')}>{one.message}</Notice>}
        {one.state === 'reading' && <StillReading />}
        {children}
      </>
    )
  }
  return (
    <>
      {one.state === 'failed' && <Notice tone="bad" title={t('imports.stopped')}>{one.message}</Notice>}
      <Filters one={one} filter={filter} onFilter={setFilter} />
      <div className={`${page.split} ${classes.split}`}>
        <div className={page.stack}>
          <FindingTable findings={findings} selected={selected} onSelect={(finding) => setChosen(finding.name)} />
          {children}
        </div>
        <div className={page.stack}>
          {selected && <FindingPanel finding={selected} />}
          <Deidentified removed={one.removed} />
        </div>
      </div>
    </>
  )
}

function StillReading() {
  const { t } = useTranslation()
  return (
    <section className={`${page.panel} ${page.empty}`} style={{ minHeight: 280 }}>
      <IconFileSearch size={40} stroke={1.5} aria-hidden />
      <h2>{t('imports.reading_title')}</h2>
      <p>{t('imports.reading_text')}</p>
    </section>
  )
}

function NoDelivery() {
  const { t } = useTranslation()
  return (
    <section className={`${page.panel} ${page.empty}`} style={{ minHeight: 280 }}>
      <IconPhotoPlus size={40} stroke={1.5} aria-hidden />
      <h2>{t('imports.empty_title')}</h2>
      <p>{t('imports.empty_text')}</p>
    </section>
  )
}

function useSubtitle(one: ImportOut | undefined): string {
  const { t } = useTranslation()
  if (!one) return t('imports.none_yet')
  return [
    t('imports.summary_files', { count: one.n_files }),
    formatBytes(one.n_bytes),
    t('imports.summary_series', { count: one.findings.length }),
  ].join(' · ')
}

interface ActionsProps {
  dataset: string
  all: ImportOut[]
  one: ImportOut | undefined
  onChoose: (id: string) => void
}

function Actions({ dataset, all, one, onChoose }: ActionsProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  if (!one) return null
  const added = newCases(one.findings)
  const numbered = all.map((each, i) => ({
    value: each.id,
    label: t('imports.delivery_number', { number: formatNumber(all.length - i) }),
  }))
  return (
    <>
      {all.length > 1 && (
        <Select
          w={160}
          aria-label={t('imports.delivery')}
          allowDeselect={false}
          value={one.id}
          data={numbered}
          onChange={(id) => id && onChoose(id)}
        />
      )}
      <Button variant="default" disabled={one.findings.length === 0} onClick={() => saveReport(one)}>
        {t('imports.save_report')}
      </Button>
      <Button
        disabled={one.state !== 'done' || added === 0}
        onClick={() => void navigate({ to: '/d/$dataset/cases', params: { dataset } })}
      >
        {added > 0 ? `${t('imports.cases_added', { count: added })} · ${t('imports.go_cases')}` : t('imports.go_cases')}
      </Button>
    </>
  )
}

/** Brings images in: sends files, shows how far they are read, and says for each series why or why not. */
export function Import() {
  const { t } = useTranslation()
  const { dataset } = useParams({ from: '/d/$dataset/import' })
  const imports = useImports(dataset)
  const [chosen, setChosen] = useState<string | null>(null)
  const { upload, front, setFront, start, goOn, dismiss } = useUpload(dataset, setChosen)
  const all = (imports.data ?? []).filter((each) => each.state !== 'open')
  const one = all.find((each) => each.id === chosen) ?? all[0]
  const subtitle = useSubtitle(one)
  return (
    <Page
      dataset={dataset}
      title={t('imports.title')}
      subtitle={subtitle}
      actions={<Actions dataset={dataset} all={all} one={one} onChoose={setChosen} />}
    >
      <Answer query={imports}>
        {() => (
          <div className={page.stack}>
            <DropStrip
              upload={upload}
              front={front}
              onFront={setFront}
              reading={all.find((each) => each.state === 'reading')}
              onFiles={(files) => void start(files)}
              onGoOn={() => void goOn()}
              onDismiss={dismiss}
            />
            {one ? (
              <Delivery key={one.id} one={one}>
                <Participants dataset={dataset} />
              </Delivery>
            ) : (
              <>
                <NoDelivery />
                <Participants dataset={dataset} />
              </>
            )}
          </div>
        )}
      </Answer>
    </Page>
  )
}

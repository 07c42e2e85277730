import { Button, SegmentedControl, Select } from '@mantine/core'
import { IconLock, IconScale } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDataset } from '../api/queries'
import type { Agreement as Report } from '../api/types'
import { formatMoment, formatNumber } from '../domain/format'
import { Answer } from '../shell/Answer'
import { Page } from '../shell/Page'
import page from '../shell/page.module.css'
import { AccuracyTable } from './AccuracyTable'
import classes from './Agreement.module.css'
import { AutomationPanel } from './AutomationPanel'
import { BeingComputed } from './BeingComputed'
import { Confusion } from './Confusion'
import { HeightPlot } from './HeightPlot'
import { KappaTable } from './KappaTable'
import { LevelBars } from './LevelBars'
import { Masks } from './Masks'
import { PublishedDialog } from './PublishedDialog'
import { type Asked, FILES, fileAddress, isComputing, useAgreement } from './queries'
import { SpineMap } from './SpineMap'
import { Together } from './Together'
import { Within } from './Within'

/** More arms than this are a menu. */
const MOST_BESIDE = 4
const NOW = 'now'

/** How far readers agree on the cases whose readings are all in. */
export function Agreement() {
  const { t } = useTranslation()
  const { dataset } = useParams({ from: '/d/$dataset/agreement' })
  const [asked, setAsked] = useState<Asked>({ arm: 'all', report: null })
  const [chosen, setChosen] = useState(0)
  const [importing, setImporting] = useState(false)
  const isManager = useDataset(dataset).data?.roles.includes('manager') ?? false
  const query = useAgreement(dataset, asked)
  const report = isComputing(query.data) ? undefined : query.data
  const pair = report?.pairs[chosen] ?? report?.pairs[0]
  const actions = report && (
    <div className={classes.actions}>
      <ArmChoice arms={report.arms} value={asked.arm} onChange={(arm) => setAsked({ ...asked, arm })} />
      {report.pairs.length > 1 && (
        <Select
          w={150}
          allowDeselect={false}
          value={String(Math.min(chosen, report.pairs.length - 1))}
          onChange={(value) => setChosen(Number(value))}
          data={report.pairs.map(({ readers }, place) => ({ value: String(place), label: t('agreement.pair', { first: readers[0], second: readers[1] }) }))}
          aria-label={t('agreement.pair_label')}
        />
      )}
      {report.frozen.length > 0 && (
        <Select
          w={230}
          allowDeselect={false}
          value={asked.report === null ? NOW : String(asked.report)}
          onChange={(value) => setAsked({ ...asked, report: value === NOW ? null : Number(value) })}
          data={[{ value: NOW, label: t('agreement.now') }, ...report.frozen.map((one) => ({ value: String(one.id), label: `${one.name}, ${formatMoment(new Date(one.made_at))}` }))]}
          aria-label={t('agreement.report_label')}
        />
      )}
      {FILES.map((ending) => (
        <Button key={ending} component="a" href={fileAddress(dataset, ending, asked.report)} variant="default" download>{t(`agreement.${ending}`)}</Button>
      ))}
      {isManager && <Button variant="default" onClick={() => setImporting(true)}>{t('agreement.published.open')}</Button>}
    </div>
  )
  const showPublished = (id: number) => {
    setImporting(false)
    setAsked({ arm: 'all', report: id })
  }
  return (
    <Page dataset={dataset} title={<Title report={report} />} subtitle={<Subtitle report={report} readers={pair?.readers} />} actions={actions}>
      {importing && <PublishedDialog dataset={dataset} onClose={() => setImporting(false)} onDone={showPublished} />}
      <Answer query={query}>
        {(found) =>
          isComputing(found) ? (
            <BeingComputed dataset={dataset} computing={found} />
          ) : pair ? (
            <div className={classes.grid}>
              <KappaTable report={found} readers={pair.readers} />
              <Confusion pair={pair} />
              <HeightPlot pair={pair} />
              <LevelBars levels={found.levels} />
              <SpineMap pair={pair} />
              <Together report={found} />
              <AccuracyTable report={found} />
              <Within report={found} />
              <AutomationPanel dataset={dataset} report={asked.report} />
              <Masks report={found} />
            </div>
          ) : (
            <section className={`${page.panel} ${page.empty}`}>
              <IconScale size={40} stroke={1.5} aria-hidden />
              <h2>{t('agreement.empty_title')}</h2>
              <p>{t(asked.arm === 'all' ? 'agreement.empty_text' : 'agreement.empty_arm')}</p>
            </section>
          )
        }
      </Answer>
    </Page>
  )
}

interface ArmChoiceProps {
  readonly arms: readonly string[]
  readonly value: string
  readonly onChange: (arm: string) => void
}

/** All readings, by whether the model was in sight, and by arm and version of the protocol. */
function ArmChoice({ arms, value, onChange }: ArmChoiceProps) {
  const { t } = useTranslation()
  const data = arms.map((arm) => {
    const [kind = '', ...name] = arm.split(':')
    return { value: arm, label: name.length > 0 ? t(`agreement.arm_of.${kind}`, { name: name.join(':') }) : t(`agreement.arm.${kind}`) }
  })
  const label = t('agreement.arm_label')
  if (arms.length <= MOST_BESIDE) return <SegmentedControl value={value} onChange={onChange} data={data} aria-label={label} />
  return <Select w={190} allowDeselect={false} value={value} onChange={(next) => onChange(next ?? 'all')} data={data} aria-label={label} />
}

function Title({ report }: { report: Report | undefined }) {
  const { t } = useTranslation()
  if (!report?.report.name) return t('agreement.title')
  return (
    <>
      {t('agreement.title_of', { name: report.report.name })}
      <span className={classes.frozen}><IconLock size={14} aria-hidden />{t('agreement.frozen', { when: formatMoment(new Date(report.report.made_at)) })}</span>
    </>
  )
}

function Subtitle({ report, readers }: { report: Report | undefined; readers: readonly string[] | undefined }) {
  const { t } = useTranslation()
  if (!report) return null
  const { origin } = report.report
  const named = report.experts.map(({ letter, name }) => t('agreement.published.expert', { letter, name })).join(', ')
  const parts = [
    ...(origin ? [t('agreement.published.from', { origin }), named] : []),
    readers && origin ? t('agreement.pair', { first: readers[0], second: readers[1] }) : readers ? t('agreement.readers', { first: readers[0], second: readers[1] }) : t('agreement.no_readers'),
    t('agreement.patients', { count: report.n_patients }),
    t('agreement.vertebrae', { count: report.n_by_two, written: formatNumber(report.n_by_two) }),
  ]
  if (report.conventions.length > 0) parts.push(t('agreement.conventions', { names: report.conventions.join(', ') }))
  if (report.mine) parts.push(t('agreement.mine', { name: report.mine }))
  return parts.join(' · ')
}

import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Agreement, ReaderAccuracy } from '../api/types'
import { formatNumber } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Agreement.module.css'
import { ShareCell } from './ShareCell'

const LIMITS = ['fracture', 'moderate'] as const
const UNITS = ['vertebrae', 'patients'] as const
const FIGURES = ['sensitivity', 'specificity', 'positive_predictive', 'negative_predictive'] as const

/** Each reader against the consensus, which owes something to them, and against the others' majority, which does not. */
export function AccuracyTable({ report }: { report: Agreement }) {
  const { t } = useTranslation()
  const [limit, setLimit] = useState<(typeof LIMITS)[number]>('fracture')
  const [unit, setUnit] = useState<(typeof UNITS)[number]>('vertebrae')
  const named = (row: ReaderAccuracy) => (row.incorporated ? 'agreement.incorporated' : 'agreement.not_incorporated')
  const rows = [
    ...report.against_consensus.map((row) => ({ row, against: named(row) })),
    ...report.against_others.map((row) => ({ row, against: 'agreement.others' })),
  ]
  if (rows.length === 0) return null
  return (
    <section className={`${page.panel} ${page.padded} ${classes.whole}`}>
      <div className={classes.titled}>
        <h2 className={page.panelTitle}>{t('agreement.against')}</h2>
        <SegmentedControl
          size="xs"
          value={limit}
          onChange={(next) => setLimit(next as typeof limit)}
          data={LIMITS.map((value) => ({ value, label: t(`agreement.limit.${value}`) }))}
          aria-label={t('agreement.which_limit')}
        />
        <SegmentedControl
          size="xs"
          value={unit}
          onChange={(next) => setUnit(next as typeof unit)}
          data={UNITS.map((value) => ({ value, label: t(`agreement.unit.${value}`) }))}
          aria-label={t('agreement.which_unit')}
        />
      </div>
      <p className={page.subtitle}>{t('agreement.against_text')}</p>
      <div className={classes.scroll}>
        <table className={page.table}>
          <thead>
            <tr>
              <th scope="col">{t('agreement.reader_column')}</th>
              <th scope="col">{t('agreement.against_column')}</th>
              <th scope="col" className={page.number}>{t(`agreement.unit.${unit}`)}</th>
              {FIGURES.map((name) => <th key={name} scope="col">{t(`agreement.figure.${name}`)}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ row, against }) => {
              const found = unit === 'vertebrae' ? row[limit] : row.patients?.[limit]
              return (
                <tr key={`${row.reader} ${against}`}>
                  <th scope="row">{row.reader}</th>
                  <td>{t(against)}</td>
                  <td className={page.number}>{formatNumber((unit === 'vertebrae' ? row.n : row.n_patients) ?? 0)}</td>
                  {FIGURES.map((name) => <td key={name}>{found && <ShareCell share={found[name]} />}</td>)}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}

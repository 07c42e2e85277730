import { useTranslation } from 'react-i18next'
import type { Agreement } from '../api/types'
import { Figures } from './Figures'

/** How readers agree with themselves where a case came back unannounced. */
export function Within({ report }: { report: Agreement }) {
  const { t } = useTranslation()
  const rows = report.within.filter((row) => row.group === 'all' && row.n_units > 0)
  if (rows.length === 0) return null
  const who = (reader: string | undefined) => (reader === 'all' ? t('agreement.every_reader') : t('agreement.reader', { name: reader }))
  return (
    <Figures
      title={t('agreement.within')}
      text={t('agreement.within_text')}
      rows={rows}
      who={{ heading: t('agreement.reader_column'), of: (row) => who(row.readers[0]) }}
    />
  )
}

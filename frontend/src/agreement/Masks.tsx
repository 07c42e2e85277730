import { useTranslation } from 'react-i18next'
import type { Agreement } from '../api/types'
import { Figures } from './Figures'

/** How masks agree that were made independently of each other. */
export function Masks({ report }: { report: Agreement }) {
  const { t } = useTranslation()
  const rows = report.masks.rows.filter((row) => row.group === 'all')
  if (rows.length === 0) return null
  const name = (tracks: readonly string[]) => tracks.map((track) => t(`agreement.track.${track}`)).join(' – ')
  const missed = report.masks.missed.map((one) => t('agreement.masks_missed', { tracks: name(one.tracks), n: one.n, count: one.n_missed }))
  return (
    <Figures
      title={t('agreement.masks')}
      text={[t('agreement.masks_text'), ...missed].join(' ')}
      rows={rows}
      who={{ heading: t('agreement.tracks'), of: (row) => name(row.readers) }}
    />
  )
}

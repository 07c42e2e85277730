import { useTranslation } from 'react-i18next'
import type { VolumeMeta } from '../api/types'
import { formatNumber } from '../domain/format'

/** Where the lengths of a radiograph come from, beside every one of them; nothing for a CT. */
export function SpacingNote({ meta, short = false }: { meta: Pick<VolumeMeta, 'spacing_source' | 'spacing_mm' | 'radiograph'>; short?: boolean }) {
  const { t } = useTranslation()
  if (meta.spacing_source === null) return null
  const factor = meta.radiograph?.magnification ?? null
  const kind = factor === null ? meta.spacing_source : 'divided'
  const [column, row] = meta.spacing_mm
  const isSquare = Math.abs(column - row) < 5e-4
  const size = isSquare ? formatNumber(row, 3) : `${formatNumber(row, 3)} \u00d7 ${formatNumber(column, 3)}`
  const words = t(`radiograph.source.${kind}`, { size, factor: factor === null ? '' : formatNumber(factor, 2) })
  const long = t(`radiograph.means.${kind}`)
  return (
    <span className="spine-spacing" data-source={meta.spacing_source} data-testid="spacing" title={long}>
      {short || !long ? words : `${words}: ${long}`}
    </span>
  )
}

import { useTranslation } from 'react-i18next'
import type { LevelRow } from './levels'

/** One bar cell per level, and the count in words. */
export function Progress({ rows }: { rows: readonly LevelRow[] }) {
  const { t } = useTranslation()
  const done = rows.filter((row) => row.mark === 'done').length
  return (
    <span className="ws-progress">
      <span aria-hidden="true" className="ws-cells">{rows.map((row) => <i key={row.number} data-mark={row.mark} />)}</span>
      {t('refinement.progress', { done, count: rows.length })}
    </span>
  )
}

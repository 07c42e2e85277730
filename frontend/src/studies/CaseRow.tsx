import { Link } from '@tanstack/react-router'
import type { MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { WorkRow } from '../api/types'
import { formatWait } from '../domain/format'
import { caseLink } from '../shell/caseLink'
import { LONG_WAIT_DAYS } from '../shell/waits'
import { Holder } from './Holder'
import { RowMoves } from './RowMoves'
import { daysWaiting } from './rows'
import { LookAt, StageChip } from './StageChip'
import { Thumbnail } from './Thumbnail'
import classes from './Worklist.module.css'

interface CaseRowProps {
  row: WorkRow
  dataset: string
  isSelected: boolean
  now: Date
  onSelect: () => void
  onOpen: () => void
}

function Waiting({ row, now }: { row: WorkRow; now: Date }) {
  const { t } = useTranslation()
  const days = daysWaiting(row, now)
  if (row.stage === 'final' || row.stage === 'excluded') return <>{t('worklist.dash')}</>
  return <span className={days > LONG_WAIT_DAYS ? classes.longWait : undefined}>{formatWait(days)}</span>
}

const isBusy = (row: WorkRow) => (row.held_by !== null && !row.held_by.is_me) || row.job?.state === 'running'

/** Whether the row itself was clicked: not a control in it, and not a menu or dialog that it opened. */
function isOnRow(event: MouseEvent<HTMLElement>): boolean {
  const target = event.target as HTMLElement
  return event.currentTarget.contains(target) && target.closest('a, button') === null
}

/** One case of the list, 60 px high. */
export function CaseRow({ row, dataset, isSelected, now, onSelect, onOpen }: CaseRowProps) {
  const { t } = useTranslation()
  return (
    <tr
      className={classes.row}
      data-case={row.case}
      data-busy={isBusy(row) || undefined}
      data-selected={isSelected || undefined}
      onClick={(event) => isOnRow(event) && onOpen()}
    >
      <td className={classes.picture}>
        <Thumbnail url={row.thumbnail_url} />
      </td>
      <td className={classes.case}>
        <Link {...caseLink(row)} aria-label={t('worklist.open', { code: row.code })} onFocus={onSelect} preload={false}>
          {row.code}
        </Link>
        <small title={row.note || row.title}>{row.note || row.title}</small>
      </td>
      <td className={classes.levels}>
        {row.levels || t('worklist.dash')}
        {row.n_levels > 0 && <small>{t('worklist.levels', { count: row.n_levels })}</small>}
      </td>
      <td>
        <StageChip row={row} />
      </td>
      <td>
        <Holder row={row} />
      </td>
      <td className={classes.number}>
        <Waiting row={row} now={now} />
      </td>
      <td className={classes.lookAt}>
        <LookAt row={row} />
      </td>
      <td className={classes.moves}>
        <RowMoves row={row} dataset={dataset} />
      </td>
    </tr>
  )
}

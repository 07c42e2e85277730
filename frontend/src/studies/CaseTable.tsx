import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WorkRow } from '../api/types'
import { formatNumber } from '../domain/format'
import { CaseRow } from './CaseRow'
import classes from './Worklist.module.css'

const ROW_PX = 61
const VIRTUAL_ABOVE = 200
const CLOCK_MS = 60_000

interface CaseTableProps {
  rows: WorkRow[]
  total: number
  dataset: string
  selected: number
  onSelect: (index: number) => void
  onOpen: (row: WorkRow) => void
}

function useNow(): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = window.setInterval(() => setNow(new Date()), CLOCK_MS)
    return () => window.clearInterval(timer)
  }, [])
  return now
}

/** Pixels of the scrolled page that lie above the rows. */
function distanceAbove(body: HTMLElement | null): number {
  const scroller = body?.closest('main')
  if (!body || !scroller) return 0
  return body.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
}

function useShownRows(rows: WorkRow[], selected: number) {
  const body = useRef<HTMLTableSectionElement>(null)
  const isVirtual = rows.length > VIRTUAL_ABOVE
  const [above, setAbove] = useState(0)
  useLayoutEffect(() => setAbove(distanceAbove(body.current)), [])
  const virtual = useVirtualizer({
    count: isVirtual ? rows.length : 0,
    estimateSize: () => ROW_PX,
    getScrollElement: () => body.current?.closest('main') ?? null,
    overscan: 10,
    scrollMargin: above,
  })
  useEffect(() => {
    if (isVirtual) virtual.scrollToIndex(selected)
    else body.current?.querySelector('[data-selected]')?.scrollIntoView({ block: 'nearest' })
  }, [selected, isVirtual, virtual])
  const items = virtual.getVirtualItems()
  const first = isVirtual ? (items[0]?.index ?? 0) : 0
  const end = isVirtual ? (items.at(-1)?.index ?? -1) + 1 : rows.length
  return { body, first, end }
}

function Head() {
  const { t } = useTranslation()
  return (
    <thead>
      <tr>
        <td />
        <th scope="col">{t('worklist.column_case')}</th>
        <th scope="col">{t('worklist.column_levels')}</th>
        <th scope="col">{t('worklist.column_stage')}</th>
        <th scope="col">{t('worklist.column_holder')}</th>
        <th scope="col" className={classes.number}>{t('worklist.column_waiting')}</th>
        <th scope="col">{t('worklist.column_look_at')}</th>
        <th scope="col">
          <span className="visually-hidden">{t('worklist.column_moves')}</span>
        </th>
      </tr>
    </thead>
  )
}

const Gap = ({ rows }: { rows: number }) =>
  rows > 0 ? (
    <tr aria-hidden>
      <td colSpan={8} style={{ height: rows * ROW_PX, padding: 0 }} />
    </tr>
  ) : null

/** The cases of a list; above 200 only those in view are drawn. */
export function CaseTable({ rows, total, dataset, selected, onSelect, onOpen }: CaseTableProps) {
  const { t } = useTranslation()
  const now = useNow()
  const { body, first, end } = useShownRows(rows, selected)
  return (
    <div className={classes.panel}>
      <table className={classes.table} aria-label={t('worklist.table')} aria-rowcount={rows.length + 1}>
        <Head />
        <tbody ref={body}>
          <Gap rows={first} />
          {rows.slice(first, end).map((row, place) => (
            <CaseRow
              key={row.case}
              row={row}
              dataset={dataset}
              now={now}
              isSelected={first + place === selected}
              onSelect={() => onSelect(first + place)}
              onOpen={() => onOpen(row)}
            />
          ))}
          <Gap rows={rows.length - end} />
        </tbody>
      </table>
      <footer className={classes.foot}>
        <span>{t('worklist.shown', { shown: formatNumber(rows.length), total: formatNumber(total) })}</span>
        <span className={classes.hints}>
          <kbd>J</kbd> <kbd>K</kbd> {t('worklist.key_move')} <kbd>Enter</kbd> {t('worklist.key_open')}
        </span>
      </footer>
    </div>
  )
}

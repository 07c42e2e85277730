import { IconAlertCircle, IconAlertTriangle, IconCheck, IconCircle, IconCircleDashed, IconPlus } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { colourOf } from '../domain/levelColours'
import { KeyOf } from '../keys/KeysSheet'
import { Thumbnail, type SpineView } from '../viewer'
import type { LevelRow, Mark, Order } from './levels'
import { keepFocus } from './ToolRail'

const ICONS: Record<Mark, typeof IconCheck> = {
  problem: IconAlertCircle, partial: IconAlertTriangle, unsure: IconCircleDashed, open: IconCircle, done: IconCheck,
}

interface Props {
  readonly view: SpineView
  readonly rows: readonly LevelRow[]
  readonly active: number
  readonly order: Order
  readonly onOrder: (order: Order) => void
  readonly onChoose: (row: LevelRow) => void
  /** Words under the name, where not the mark's own. */
  readonly say?: (row: LevelRow) => string | null
  readonly onAdd?: () => void
}

export function LevelStrip({ view, rows, active, order, onOrder, onChoose, say, onAdd }: Props) {
  const { t } = useTranslation()
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <section className="ws-strip" aria-label={t('refinement.levels')}>
      <div className="ws-strip-head">
        <h2>{t('refinement.levels')}</h2>
        <button type="button" className="ws-link" onClick={() => onOrder(order === 'worst' ? 'anatomy' : 'worst')}>
          {t(`refinement.order.${order}`)}
        </button>
      </div>
      <div ref={list} role="listbox" aria-label={t('refinement.levels')} className="ws-tiles" onKeyDown={moveFocus}>
        {rows.map((row) => (
          <Tile key={row.number} view={view} row={row} isActive={row.number === active} words={say?.(row) ?? null} onChoose={() => onChoose(row)} />
        ))}
      </div>
      {onAdd && (
        <button type="button" className="ws-add" onClick={onAdd}><IconPlus size={16} />{t('refinement.addLevel')}</button>
      )}
      <div className="ws-strip-foot">
        <KeyOf command="nextLevel" /><KeyOf command="previousLevel" /> {t('refinement.move')} <KeyOf command="levelDone" /> {t('refinement.done')}
      </div>
    </section>
  )
}

/** Arrow keys choose the neighbour, as in every listbox. */
function moveFocus(event: React.KeyboardEvent<HTMLDivElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0) return
  const tiles = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=option]')]
  const next = tiles[tiles.findIndex((tile) => tile.ariaSelected === 'true') + step]
  next?.click()
  next?.focus()
  event.preventDefault()
}

interface TileProps {
  readonly view: SpineView
  readonly row: LevelRow
  readonly isActive: boolean
  readonly words: string | null
  readonly onChoose: () => void
}

function Tile({ view, row, isActive, words, onChoose }: TileProps) {
  const { t } = useTranslation()
  const Icon = ICONS[row.mark]
  const mark = row.problem ? t(`refinement.problem.${row.problem.code}`, { defaultValue: row.problem.message }) : t(`refinement.mark.${row.mark}`)
  return (
    <div
      role="option"
      tabIndex={isActive ? 0 : -1}
      aria-selected={isActive}
      className="ws-tile"
      data-mark={row.mark}
      data-level={row.level ?? row.number}
      style={{ '--level': colourOf(row.level) } as React.CSSProperties}
      onClick={onChoose}
      onMouseDown={keepFocus}
    >
      <Thumbnail view={view} number={row.number} mm={row.middleMm} colour={colourOf(row.level)} />
      <span className="ws-tile-text">
        <strong>{row.level ?? `#${row.number}`}</strong>
        <span className="ws-mark"><Icon size={14} />{words ?? mark}</span>
      </span>
    </div>
  )
}

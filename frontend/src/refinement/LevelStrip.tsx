import { IconAlertCircle, IconAlertTriangle, IconCheck, IconCircle, IconCircleDashed } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { colourOf, isHatched } from '../domain/levelColours'
import { KeyOf } from '../keys/KeysSheet'
import { Thumbnail, type SpineView } from '../viewer'
import type { LevelRow, Mark, Order } from './levels'
import { keepFocus } from './ToolRail'

const ICONS: Record<Mark, typeof IconCheck> = {
  problem: IconAlertCircle, notice: IconAlertTriangle, partial: IconAlertTriangle, unsure: IconCircleDashed, open: IconCircle, done: IconCheck,
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
  /** Why the last act on names was not done. */
  readonly refusal?: string | null
  readonly foot?: ReactNode
}

export function LevelStrip({ view, rows, active, order, onOrder, onChoose, say, refusal, foot }: Props) {
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
        {rows.map((row, at) => (
          <Tile key={row.number} view={view} row={row} place={at + 1} isActive={row.number === active} words={say?.(row) ?? null} onChoose={() => onChoose(row)} />
        ))}
      </div>
      {refusal && <p role="alert" className="ws-refusal">{refusal}</p>}
      {foot}
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

/** What the mark says in words. */
function useMarkWords(): (row: LevelRow) => string {
  const { t } = useTranslation()
  return ({ mark, problem, sizeShare }) => {
    if (problem && (mark === 'problem' || mark === 'notice')) return t(`refinement.problem.${problem.code}`, { defaultValue: problem.message })
    if (mark === 'notice' && sizeShare !== null) return t('refinement.smaller', { percent: Math.round(100 * sizeShare) })
    return t(`refinement.mark.${mark}`)
  }
}

interface TileProps {
  readonly view: SpineView
  readonly row: LevelRow
  /** From 1, what a digit jumps to. */
  readonly place: number
  readonly isActive: boolean
  readonly words: string | null
  readonly onChoose: () => void
}

function Tile({ view, row, place, isActive, words, onChoose }: TileProps) {
  const { t } = useTranslation()
  const markWords = useMarkWords()
  const Icon = ICONS[row.mark]
  const colour = colourOf(row.level)
  return (
    <div
      role="option"
      tabIndex={isActive ? 0 : -1}
      aria-selected={isActive}
      className="ws-tile"
      data-mark={row.mark}
      data-level={row.level ?? row.number}
      data-hatched={isHatched(row.level)}
      style={{ '--level': colour } as React.CSSProperties}
      onClick={onChoose}
      onMouseDown={keepFocus}
    >
      <Thumbnail view={view} number={row.number} mm={row.middleMm} colour={colour} />
      <span className="ws-tile-text">
        <span className="ws-tile-name">
          <strong>{row.level ?? `#${row.number}`}</strong>
          <span className="ws-tile-place" aria-hidden="true">{place}</span>
          {row.confidence !== null && <Confidence share={row.confidence} words={t('refinement.confidence', { percent: Math.round(100 * row.confidence) })} />}
        </span>
        <span className="ws-mark"><Icon size={14} />{words ?? markWords(row)}</span>
      </span>
    </div>
  )
}

const RADIUS = 5
const ROUND = 2 * Math.PI * RADIUS

/** A ring, closed as far as the model is sure. */
function Confidence({ share, words }: { share: number; words: string }) {
  return (
    <svg className="ws-confidence" width={14} height={14} viewBox="-7 -7 14 14" role="img" aria-label={words}>
      <title>{words}</title>
      <circle r={RADIUS} />
      <circle r={RADIUS} strokeDasharray={`${share * ROUND} ${ROUND}`} transform="rotate(-90)" />
    </svg>
  )
}

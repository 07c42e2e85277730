import { useTranslation } from 'react-i18next'
import type { ImportFinding } from '../api/types'
import { formatNumber } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Import.module.css'
import { type GapAt, type SliceSteps, stepsOf } from './slices'

const WIDTH = 324
const HEIGHT = 44
const AROUND = 18

const usesAll = (count: number) => count <= 2 * AROUND

/** Index range drawn: everything, or the neighbourhood of the first gap. */
function rangeOf(count: number, gaps: readonly GapAt[]): [number, number] {
  const middle = gaps[0]?.from ?? 0
  if (usesAll(count) || gaps.length === 0) return [0, count]
  const start = Math.min(Math.max(middle - AROUND, 0), Math.max(count - 2 * AROUND, 0))
  return [start, Math.min(start + 2 * AROUND, count)]
}

function Bars({ positions, gaps }: { positions: readonly number[]; gaps: readonly GapAt[] }) {
  const [start, end] = rangeOf(positions.length, gaps)
  const shown = positions.slice(start, end)
  const [low, high] = [Math.min(...shown), Math.max(...shown)]
  const x = (mm: number) => 3 + ((mm - low) / (high - low || 1)) * (WIDTH - 6)
  const isEdge = (i: number) => gaps.some((gap) => gap.from - 1 === i + start || gap.to - 1 === i + start)
  const stroke = Math.min(4, Math.max(1, WIDTH / shown.length / 2))
  return (
    <>
      {shown.map((mm, i) => (
        <line
          key={`${mm} ${i + start}`}
          x1={x(mm)} x2={x(mm)} y1={6} y2={HEIGHT - 6}
          stroke={isEdge(i) ? 'var(--bad)' : 'var(--t3)'}
          strokeWidth={stroke}
        />
      ))}
      {gaps.map((gap) => (
        <line
          key={gap.from}
          x1={x(positions[gap.from - 1] ?? low)} x2={x(positions[gap.to - 1] ?? low)} y1={HEIGHT / 2} y2={HEIGHT / 2}
          stroke="var(--bad)" strokeWidth={1.5} strokeDasharray="3 3"
        />
      ))}
    </>
  )
}

function useGapText(steps: SliceSteps): string {
  const { t } = useTranslation()
  const gap = steps.gaps[0]
  if (!gap) return t('imports.even', { spacing: formatNumber(steps.usual, 1) })
  return t('imports.gap_at', { gap: formatNumber(gap.mm, 1), from: formatNumber(gap.from), to: formatNumber(gap.to) })
}

function Drawn({ positions, steps }: { positions: readonly number[]; steps: SliceSteps }) {
  const { t } = useTranslation()
  const text = useGapText(steps)
  return (
    <figure className={classes.slices}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={t('imports.slices_picture', { count: positions.length, text })}
      >
        <Bars positions={positions} gaps={steps.gaps.slice(0, 1)} />
      </svg>
      <figcaption className={page.caption}>
        <span className={steps.gaps.length > 0 ? page.bad : undefined}>{text}</span>
        {steps.gaps.length > 0 && <span>{t('imports.gap_elsewhere', { spacing: formatNumber(steps.usual, 1) })}</span>}
        <span>
          {t('imports.first_position', { mm: formatNumber(steps.first, 1) })} ·{' '}
          {t('imports.last_position', { mm: formatNumber(steps.last, 1) })}
        </span>
      </figcaption>
    </figure>
  )
}

/** The places of the slices as bars; a gap stands out in red and in words. */
export function SlicePositions({ finding }: { finding: ImportFinding }) {
  const steps = stepsOf(finding)
  return steps && finding.positions_mm ? <Drawn positions={finding.positions_mm} steps={steps} /> : null
}

import { useTranslation } from 'react-i18next'
import type { EffortGroup } from '../api/types'
import { formatNumber } from '../domain/format'
import { HEIGHT, LEFT, scaleTo, WIDTH, xOf, yOf } from './axis'
import classes from './Effort.module.css'
import { useGroupName } from './useGroupName'

export function Lines({ steps, unit, decimals = 0 }: { steps: number[]; unit: string; decimals?: number }) {
  const most = steps.at(-1) as number
  const lines = steps.map((value) => (
    <g key={value}>
      <line className={classes.grid} x1={LEFT} x2={WIDTH} y1={yOf(value, most)} y2={yOf(value, most)} />
      <text className={classes.tick} x={LEFT - 8} y={yOf(value, most) + 4} textAnchor="end">{formatNumber(value, decimals)}</text>
    </g>
  ))
  return [<text key="unit" className={classes.tick} x={0} y={12}>{unit}</text>, ...lines]
}

/** Median active minutes per case as a line, the middle half as a band around it. */
export function MinutesCurve({ groups, label }: { groups: EffortGroup[]; label: string }) {
  const { t } = useTranslation()
  const nameOf = useGroupName()
  const known = groups.flatMap((group, at) => (group.minutes ? [{ at, ...group.minutes }] : []))
  const steps = scaleTo(Math.max(...known.map((one) => one.high), 0.1))
  const most = steps.at(-1) as number
  const place = (at: number, value: number) => `${xOf(at, groups.length)},${yOf(value, most)}`
  const band = [...known.map((one) => place(one.at, one.high)), ...[...known].reverse().map((one) => place(one.at, one.low))]
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} className={classes.chart}>
      <Lines steps={steps} unit={t('rounds.effort.min_per_case')} decimals={(steps[1] as number) < 1 ? 1 : 0} />
      {known.length > 1 && <polygon className={classes.band} points={band.join(' ')} />}
      {known.length > 1 && <polyline className={classes.line} points={known.map((one) => place(one.at, one.median)).join(' ')} />}
      {known.map((one) => (
        <g key={one.at}>
          <line className={classes.half} x1={xOf(one.at, groups.length)} x2={xOf(one.at, groups.length)} y1={yOf(one.low, most)} y2={yOf(one.high, most)} />
          <circle className={classes.dot} cx={xOf(one.at, groups.length)} cy={yOf(one.median, most)} r={4} />
          <text className={classes.value} x={xOf(one.at, groups.length) + 8} y={yOf(one.median, most) - 8}>{formatNumber(one.median, 1)}</text>
        </g>
      ))}
      {groups.map((group, at) => (
        <g key={group.model}>
          {!group.minutes && <text className={classes.unknown} x={xOf(at, groups.length)} y={yOf(0, most) - 8} textAnchor="middle">{t('rounds.effort.unknown')}</text>}
          <text className={classes.tick} x={xOf(at, groups.length)} y={HEIGHT - 8} textAnchor="middle">{nameOf(group)}</text>
        </g>
      ))}
    </svg>
  )
}

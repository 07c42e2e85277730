import { useTranslation } from 'react-i18next'
import type { EffortGroup } from '../api/types'
import { HEIGHT, WIDTH, xOf, yOf } from './axis'
import classes from './Effort.module.css'
import { Lines } from './MinutesCurve'
import { useGroupName } from './useGroupName'

const STEPS = [0, 20, 40, 60, 80, 100]
const WIDEST = 40
const KINDS = ['untouched', 'small', 'large'] as const

function Bar({ group, x, width }: { group: EffortGroup; x: number; width: number }) {
  let below = 0
  return KINDS.map((kind) => {
    const share = 100 * (group.changes?.[kind] ?? 0)
    const from = below
    below += share
    return (
      share > 0 && (
        <rect key={kind} data-kind={kind} className={classes.bar} x={x - width / 2} width={width} y={yOf(below, 100)} height={Math.max(0, yOf(from, 100) - yOf(below, 100) - 1)} />
      )
    )
  })
}

/** Share of levels that were left as proposed, changed a little, or changed much. */
export function ChangeBars({ groups, label }: { groups: EffortGroup[]; label: string }) {
  const { t } = useTranslation()
  const nameOf = useGroupName()
  const width = Math.min(WIDEST, (0.6 * WIDTH) / groups.length)
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} className={classes.chart}>
      <Lines steps={STEPS} unit={t('rounds.effort.percent_of_levels')} />
      {groups.map((group, at) => (
        <g key={group.model}>
          <Bar group={group} x={xOf(at, groups.length)} width={width} />
          {!group.changes && <text className={classes.unknown} x={xOf(at, groups.length)} y={yOf(0, 100) - 8} textAnchor="middle">{t('rounds.effort.unknown')}</text>}
          <text className={classes.tick} x={xOf(at, groups.length)} y={HEIGHT - 8} textAnchor="middle">{nameOf(group)}</text>
        </g>
      ))}
    </svg>
  )
}

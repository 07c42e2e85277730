import { NativeSelect, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Finding } from '../api/types'
import { formatNumber } from '../domain/format'
import { plateAngleDegrees } from '../domain/measures'
import { KeyOf } from '../keys/KeysSheet'
import { Contradictions } from './Contradictions'
import { MeasureChip } from '../grading/MeasureChip'
import { measuresOf } from '../grading/measures'
import classes from './reading.module.css'
import type { Desk } from './useDesk'
import type { Insight } from './useInsight'

interface Props {
  readonly desk: Desk
  readonly finding: Finding
  readonly insight: Insight
  readonly nameOf: (finding: Pick<Finding, 'number' | 'level'>) => string
  readonly askHow: () => void
}

/** Measures besides heights and G, each saying on hover how it was made. */
export function Measures({ desk, finding, insight, nameOf, askHow }: Props) {
  const { t } = useTranslation()
  const measures = measuresOf(finding, { ...insight, nameOf, t })
  return (
    <div className={classes.measures} role="group" aria-label={t('reading.measure.title', { level: nameOf(finding) })}>
      {measures.map((measure) => (
        <MeasureChip key={measure.id + measure.name} measure={measure} />
      ))}
      <RegionalAngle desk={desk} nameOf={nameOf} />
      <span className={classes.push} />
      <Contradictions desk={desk} insight={insight} nameOf={nameOf} />
      <button type="button" className={classes.how} onClick={askHow} title={t('reading.measure.how')}>
        <KeyOf command="reading.howMade" />
      </button>
    </div>
  )
}

/** The angle between the plates of two chosen levels; at first of the first and the last with points. */
function RegionalAngle({ desk, nameOf }: Pick<Props, 'desk' | 'nameOf'>) {
  const { t } = useTranslation()
  const placed = desk.findings.filter((finding) => finding.six_points_mm !== null)
  const [chosen, setChosen] = useState<{ from: number; to: number } | null>(null)
  const find = (number: number | undefined) => placed.find((finding) => finding.number === number)
  const from = find(chosen?.from) ?? placed[0]
  const to = find(chosen?.to) ?? placed.at(-1)
  if (!from?.six_points_mm || !to?.six_points_mm || placed.length < 2) return null
  const [upper, lower] = placed.indexOf(from) <= placed.indexOf(to) ? [from, to] : [to, from]
  const angle = plateAngleDegrees(upper.six_points_mm ?? [], lower.six_points_mm ?? [])
  const options = placed.map((finding) => ({ value: String(finding.number), label: nameOf(finding) }))
  const select = (label: string, value: number, choose: (number: number) => void) => (
    <NativeSelect
      size="xs"
      aria-label={label}
      className={classes.levelSelect}
      data={options}
      value={String(value)}
      onChange={(event) => choose(Number(event.currentTarget.value))}
    />
  )
  const how = t('reading.made.cobb', { from: nameOf(upper), to: nameOf(lower) })
  return (
    <span className={classes.measure} data-measure="cobb">
      {t('reading.measure.cobb')}
      {select(t('reading.measure.cobbFrom'), from.number, (number) => setChosen({ from: number, to: to.number }))}–
      {select(t('reading.measure.cobbTo'), to.number, (number) => setChosen({ from: from.number, to: number }))}
      <Tooltip label={how} multiline w={340} events={{ hover: true, focus: true, touch: true }}>
        <b tabIndex={0}>{angle === null ? '–' : `${formatNumber(angle, 1)}°`}</b>
      </Tooltip>
    </span>
  )
}

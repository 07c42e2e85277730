import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Finding } from '../api/types'
import { formatNumber } from '../domain/format'
import { colourOf } from '../domain/levelColours'
import { gradeChange, rowState, shapeChange } from '../grading/findings'
import { keepFocus } from '../grading/Choice'
import { useLengths } from '../grading/lengths'
import { GradeChoice, ShapeChoice } from '../grading/GradeKeys'
import classes from './reading.module.css'
import type { Row } from './rows'
import type { Desk } from './useDesk'

interface Props {
  readonly row: Row
  readonly finding: Finding
  readonly desk: Desk
  readonly name: string
  /** Sentences of what contradicts what; empty where nothing does. */
  readonly doubts: readonly string[]
}

/** One vertebra beside the spine: level, heights, G, grade, shape. */
export function LevelRow({ row, finding, desk, name, doubts }: Props) {
  const isActive = desk.active?.number === finding.number
  const look = rowState(finding) === 'untouched' && !isActive ? classes.untouched : ''
  const select = () => desk.select(finding.number)
  return (
    <li
      className={classes.slot}
      data-number={finding.number}
      aria-current={isActive}
      style={{ top: row.top, height: row.height }}
    >
      <div className={classes.touch} onClick={select} />
      <div className={`${classes.row} ${look}`} onClick={select}>
        <button type="button" className={classes.level} onMouseDown={keepFocus} onClick={select}>
          <span className={classes.edge} style={{ background: colourOf(finding.level) }} />
          {name}
          {doubts.length > 0 && (
            <IconAlertTriangle size={14} color="var(--warn)" role="img" aria-label={doubts.join(' ')}>
              <title>{doubts.join(' ')}</title>
            </IconAlertTriangle>
          )}
        </button>
        <Heights finding={finding} />
        <Ratio finding={finding} />
        <Verdict finding={finding} desk={desk} name={name} />
      </div>
    </li>
  )
}

function Heights({ finding }: { finding: Finding }) {
  const { t } = useTranslation()
  const lengths = useLengths()
  if (!finding.heights_mm) return <span className={classes.heights}>{t('reading.noPoints')}</span>
  return (
    <span className={classes.heights}>{lengths.row(finding.heights_mm)}</span>
  )
}

/** Loss from 0 to 50 per cent; the mark is the first limit. */
const METER_LOSS = 0.5
const FIRST_LIMIT = 0.2

function Ratio({ finding }: { finding: Finding }) {
  if (finding.g === null) return <span className={classes.g}>–</span>
  const grade = finding.grade_measured ?? 0
  const share = Math.min((1 - finding.g) / METER_LOSS, 1)
  return (
    <span className={`${classes.g} ${grade > 0 ? classes.low : ''}`}>
      {formatNumber(finding.g, 2)}
      <span className={classes.meter}>
        <i style={{ width: `${100 * share}%`, background: grade > 0 ? `var(--grade-${grade})` : undefined }} />
        <u style={{ left: `${(100 * FIRST_LIMIT) / METER_LOSS}%` }} />
      </span>
    </span>
  )
}

function Verdict({ finding, desk, name }: Pick<Props, 'finding' | 'desk' | 'name'>) {
  const { t } = useTranslation()
  if (finding.not_graded_reason !== null) {
    const reason = finding.not_graded_reason
    return (
      <span className={classes.reason} style={{ gridColumn: 'span 2' }}>
        {t(`grading.reason.${reason}`)}
      </span>
    )
  }
  const shared = { finding, level: name, disabled: !desk.isOpen }
  return (
    <>
      <GradeChoice {...shared} onGrade={(grade) => desk.change(finding.number, gradeChange(finding, grade))} />
      <ShapeChoice {...shared} onShape={(shape) => desk.change(finding.number, shapeChange(finding, shape))} />
    </>
  )
}

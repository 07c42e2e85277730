import { useTranslation } from 'react-i18next'
import type { Finding } from '../api/types'
import { formatNumber } from '../domain/format'
import { conventionOf, measureHeights } from '../domain/genant'
import type { Expected } from '../grading/neighbours'
import classes from './reading.module.css'

interface Props {
  readonly finding: Finding
  readonly expected: Expected | null
  readonly convention: string
  /** The picture is too coarse for a suggestion; the panel beside says why. */
  readonly isWithheld: boolean
}

/** Height losses shown, in per cent. */
const AXIS_END = 50

/** G in figures and on an axis of height loss with the limits of the grades. */
export function RatioAxis({ finding, expected, convention, isWithheld }: Props) {
  const { t } = useTranslation()
  const limits = conventionOf(convention).limits.map((limit) => Math.round(100 - 100 * limit))
  const zones = [0, ...limits, AXIS_END]
  const grade = finding.grade_measured
  const loss = finding.g === null ? null : 100 * (1 - finding.g)
  return (
    <section>
      <h2>{t('reading.ratio.title')}</h2>
      {loss === null || finding.g === null ? (
        <span className={classes.beside}>{t('reading.ratio.none')}</span>
      ) : (
        <>
          <span className={classes.big} title={t('reading.made.g', { limits: limits.join(' / '), convention })}>{formatNumber(finding.g, 2)}</span>
          <span className={classes.support}>{t('reading.ratio.loss', { percent: formatNumber(loss) })}</span>
          <div
            className={classes.axis}
            role="img"
            aria-label={t('reading.ratio.axis', { loss: formatNumber(loss), limits: limits.join(', ') })}
          >
            {zones.slice(1).map((end, zone) => (
              <span
                key={end}
                data-here={!isWithheld && zone === grade}
                style={{ flex: end - (zones[zone] ?? 0), background: `var(--grade-${zone})` }}
              />
            ))}
            <u style={{ left: `${(100 * Math.min(loss, AXIS_END)) / AXIS_END}%` }} />
          </div>
          <div className={classes.ticks} aria-hidden>
            {[0, ...limits].map((limit) => (
              <span key={limit} style={{ left: `${(100 * limit) / AXIS_END}%` }}>
                {limit}
              </span>
            ))}
            <span style={{ left: '100%' }}>%</span>
          </div>
          {!isWithheld ? (
            <Suggestion finding={finding} expected={expected} convention={convention} />
          ) : (
            <span className={classes.suggest}>{t('reading.ratio.withheld')}</span>
          )}
        </>
      )}
    </section>
  )
}

/** The grade by the limits; a uniform crush has G near 1, and only the neighbours show it. */
function Suggestion({ finding, expected, convention }: Omit<Props, 'isWithheld'>) {
  const { t } = useTranslation()
  const grade = finding.grade_measured ?? 0
  const beside =
    expected && finding.heights_mm
      ? measureHeights(finding.heights_mm, expected.heightsMm, conventionOf(convention))
      : null
  if (beside !== null && beside.grade > grade) {
    const shape = t(`grading.shape.${beside.shape}`)
    return (
      <span className={classes.suggest} data-notable>
        {t('reading.ratio.byNeighbours', { grade: beside.grade, shape })}
      </span>
    )
  }
  const shape = t(`grading.shape.${finding.shape_measured ?? 'none'}`)
  return (
    <span className={classes.suggest}>
      {t(grade > 0 ? 'reading.ratio.measuredShape' : 'reading.ratio.measured', { grade, shape })}
    </span>
  )
}

import { useTranslation } from 'react-i18next'
import type { Finding } from '../api/types'
import { formatNumber } from '../domain/format'
import { useLengths } from '../grading/lengths'
import type { Expected } from '../grading/neighbours'
import type { PicturePlane } from '../viewer/sixPoints/plane'
import { howHeights } from '../grading/howMade'
import { flagsOf } from '../grading/measures'
import classes from './reading.module.css'

interface Props {
  readonly finding: Finding
  readonly expected: Expected | null
  readonly nameOf: (finding: Pick<Finding, 'number' | 'level'>) => string
  readonly plane: PicturePlane | null
}

const NOTABLE_LOSS = 0.2

/** Heights beside what the neighbours let expect; without a spacing shares and changes only. */
export function HeightsTable({ finding, expected, nameOf, plane }: Props) {
  const { t } = useTranslation()
  const how = plane ? howHeights(finding, plane, t) : undefined
  const lengths = useLengths()
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th title={how}>{lengths.title}</th>
          <th colSpan={3} className={classes.from} title={expected ? expectedHow(expected, nameOf, t) : undefined}>
            {expected ? sourceOf(expected, nameOf, t) : t('reading.heights.none')}
          </th>
        </tr>
      </thead>
      <tbody>
        {(['anterior', 'middle', 'posterior'] as const).map((segment, place) => {
          const own = finding.heights_mm?.[place]
          const other = expected?.heightsMm[place]
          const change = own === undefined || other === undefined ? null : own / other - 1
          return (
            <tr key={segment} title={how} data-segment={segment}>
              <th scope="row">{t(`grading.${segment}`)}</th>
              <td className={classes.own}>{lengths.show(finding.heights_mm ?? [], place)}</td>
              <td className={classes.beside}>{other === undefined || !lengths.hasMm ? '' : formatNumber(other, 1)}</td>
              <td className={change !== null && change <= -NOTABLE_LOSS ? classes.warn : classes.beside}>
                {change === null ? '' : `${formatNumber(100 * change)} %`}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

function expectedHow(expected: Expected, nameOf: Props['nameOf'], t: Translate): string {
  const levels = expected.sources.map(nameOf).join(', ')
  return `${t('reading.made.expected', { levels })} ${flagsOf(expected, t)}`.trim()
}

function sourceOf(expected: Expected, nameOf: Props['nameOf'], t: Translate): string {
  const levels = expected.sources.map(nameOf).join(', ')
  return t(expected.sources.length > 1 ? 'reading.heights.mean' : 'reading.heights.only', { levels })
}

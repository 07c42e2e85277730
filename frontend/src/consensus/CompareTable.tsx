import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { DisagreementOut, Finding } from '../api/types'
import { formatNumber } from '../domain/format'
import { aoWords } from '../grading/findings'
import { useLengths } from '../grading/lengths'
import { GradeChip } from '../grading/GradeChip'
import { distance, heightRows } from './compare'
import classes from './consensus.module.css'

const NOTABLE_MM = 1
const NOTABLE_G = 0.05

interface Props {
  readonly entry: DisagreementOut
}

/** Both readings in figures and their differences; whose they are once the sitting is closed. */
export function CompareTable({ entry }: Props) {
  const { a, b, a_name: aName, b_name: bName } = entry
  const { t } = useTranslation()
  const lengths = useLengths()
  const shown = (finding: Finding | null, place: number) => (finding?.heights_mm ? lengths.show(finding.heights_mm, place) : '–')
  const gap = distance(a?.g, b?.g)
  const loss = (g: number | null | undefined) => (g == null ? null : 100 * (1 - g))
  const percent = (value: number | null) => (value === null ? '–' : `${formatNumber(value)} %`)
  const figure = (value: number | null | undefined, decimals: number) =>
    value == null ? '–' : formatNumber(value, decimals)
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th>{lengths.unit}</th>
          <th className={classes.a}>● {aName || t('consensus.readerA')}</th>
          <th className={classes.b}>■ {bName || t('consensus.readerB')}</th>
          <th>{t('consensus.difference')}</th>
        </tr>
      </thead>
      <tbody>
        {heightRows(a, b).map((row, place) => (
          <Row
            key={row.segment}
            name={t(`grading.${row.segment}`)}
            a={shown(a, place)}
            b={shown(b, place)}
            difference={lengths.hasMm ? figure(row.difference, 1) : ''}
            isNotable={lengths.hasMm && (row.difference ?? 0) >= NOTABLE_MM}
          />
        ))}
        <Row
          name={t('consensus.row.g')}
          a={figure(a?.g, 2)}
          b={figure(b?.g, 2)}
          difference={figure(gap, 2)}
          isNotable={(gap ?? 0) >= NOTABLE_G}
        />
        <Row
          name={t('consensus.row.loss')}
          a={percent(loss(a?.g))}
          b={percent(loss(b?.g))}
          difference={gap === null ? '–' : percent(100 * gap)}
        />
        <Row name={t('consensus.row.grade')} a={<GradeChip finding={a} full />} b={<GradeChip finding={b} full />} />
        <Words name={t('consensus.row.ao')} a={aoWords(a)} b={aoWords(b)} empty="–" />
        <Words name={t('consensus.row.slices')} a={slices(a)} b={slices(b)} empty="–" />
        <Words
          name={t('consensus.row.deformity')}
          a={listed(a?.deformity, 'deformity', t)}
          b={listed(b?.deformity, 'deformity', t)}
        />
        <Words
          name={t('consensus.row.material')}
          a={listed(a?.foreign_material, 'material', t)}
          b={listed(b?.foreign_material, 'material', t)}
        />
        <Words name={t('consensus.row.confidence')} a={surety(a, t)} b={surety(b, t)} empty="–" />
        <Words name={t('consensus.row.remark')} a={a?.remark ?? ''} b={b?.remark ?? ''} empty="–" />
      </tbody>
    </table>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

/** First and last slice of a fracture; an end that was not named is left open. */
const slices = (finding: Finding | null) =>
  finding === null || (finding.slice_first === null && finding.slice_last === null)
    ? ''
    : `${finding.slice_first ?? ''}–${finding.slice_last ?? ''}`

const listed = (names: readonly string[] | undefined, kind: 'deformity' | 'material', t: Translate) =>
  (names ?? []).map((name) => t(`grading.${kind}.${name}`)).join(', ')

const surety = (finding: Finding | null, t: Translate) =>
  finding?.confidence ? t(`grading.confidence.${finding.confidence}`) : ''

interface RowProps {
  readonly name: string
  readonly a: ReactNode
  readonly b: ReactNode
  readonly difference?: string
  readonly isNotable?: boolean
}

function Row({ name, a, b, difference = '', isNotable = false }: RowProps) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{a}</td>
      <td>{b}</td>
      <td className={isNotable ? classes.notable : undefined}>{difference}</td>
    </tr>
  )
}

interface WordsProps {
  readonly name: string
  readonly a: string
  readonly b: string
  /** Stands where one reader said nothing. */
  readonly empty?: string
}

/** A row of words; left out where neither reader said anything. */
function Words({ name, a, b, empty }: WordsProps) {
  const { t } = useTranslation()
  if (a === '' && b === '') return null
  const nothing = empty ?? t('consensus.nothing')
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className={classes.text}>{a || nothing}</td>
      <td className={classes.text}>{b || nothing}</td>
      <td />
    </tr>
  )
}

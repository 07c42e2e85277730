import { useTranslation } from 'react-i18next'
import type { Finding } from '../api/types'
import { mayHaveSlices, sliceChange } from '../grading/findings'
import { KeyOf } from '../keys/KeysSheet'
import classes from './reading.module.css'
import type { Desk } from './useDesk'
import type { LargePicture } from './usePictures'

interface Props {
  readonly desk: Desk
  readonly large: LargePicture
  readonly finding: Finding
}

/** Which slice is on show, where the vertebra lies, and on which slices its fracture. */
export function SliceSlider({ desk, large, finding }: Props) {
  const { t } = useTranslation()
  const { k, count, leaf } = large
  if (k === null || count < 2) return null
  const columns = desk.reading.columns[finding.number]
  const isOpen = desk.isOpen && mayHaveSlices(finding) && columns !== undefined && columns[0] <= k && k <= columns[1]
  const set = (end: 'first' | 'last') => desk.change(finding.number, sliceChange(finding, end, k))
  const hold = { onPointerDown: (event: React.PointerEvent) => event.stopPropagation() }
  return (
    <div className={classes.slices} role="group" aria-label={t('reading.slices.label')} {...hold}>
      <div className={classes.track}>
        {columns && <i className={classes.body} style={between(columns[0], columns[1], count)} />}
        <Fracture finding={finding} columns={columns} count={count} />
        <input
          type="range"
          min={0}
          max={count - 1}
          step={1}
          value={k}
          aria-label={t('reading.slices.label')}
          aria-valuetext={columns && t('reading.slices.here', { k, from: columns[0], to: columns[1] })}
          onChange={(event) => leaf(Number(event.currentTarget.value) - k)}
        />
      </div>
      <button type="button" disabled={!isOpen} onClick={() => set('first')}>
        {t('reading.slices.first')} <KeyOf command="reading.fractureFirst" />
      </button>
      <button type="button" disabled={!isOpen} onClick={() => set('last')}>
        {t('reading.slices.last')} <KeyOf command="reading.fractureLast" />
      </button>
      <span data-slices>{slicesText(finding, t)}</span>
    </div>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

/** The slices of a fracture in words. */
function slicesText({ slice_first: first, slice_last: last }: Finding, t: Translate): string {
  if (first !== null && last !== null) return t('reading.slices.range', { first, last })
  if (first !== null) return t('reading.slices.from', { first })
  return last === null ? t('reading.slices.none') : t('reading.slices.until', { last })
}

interface FractureProps {
  readonly finding: Finding
  readonly columns: readonly number[] | undefined
  readonly count: number
}

/** An end that is not set yet is drawn to the end of the vertebra. */
function Fracture({ finding, columns, count }: FractureProps) {
  const { slice_first: first, slice_last: last } = finding
  if (first === null && last === null) return null
  const from = first ?? columns?.[0] ?? 0
  const to = last ?? columns?.[1] ?? count - 1
  return <i className={classes.fracture} style={between(from, to, count)} />
}

/** Each slice takes an equal part of the track. */
const between = (from: number, to: number, count: number) => ({
  left: `${(100 * from) / count}%`,
  width: `${(100 * (to - from + 1)) / count}%`,
})

import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HeightPlot as Plot, ReaderPair } from '../api/types'
import { formatChange, formatNumber } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Agreement.module.css'
import { marksOf } from './summary'

const NAMES = ['anterior', 'middle', 'posterior', 'g'] as const
const SIZE = { width: 720, height: 250, left: 44, right: 16, top: 16, bottom: 30 }

/** Differences of one height against the mean, in millimetres, after Bland and Altman. */
export function HeightPlot({ pair }: { pair: ReaderPair }) {
  const { t } = useTranslation()
  const [name, setName] = useState<(typeof NAMES)[number]>('anterior')
  const plot = pair.heights[name]
  const [first = '', second = ''] = pair.readers
  const which = t(`agreement.height.${name}`)
  const unit = name === 'g' ? '' : t('agreement.mm')
  const inUnit = name === 'g' ? '' : t('agreement.in_mm')
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <div className={classes.titled}>
        <h2 className={page.panelTitle}>{plot ? t('agreement.bias', { which, first, bias: formatChange(plot.bias, name === 'g' ? 3 : 2), unit }) : t('agreement.no_heights', { which })}</h2>
        <SegmentedControl
          size="xs"
          value={name}
          onChange={(next) => setName(next as typeof name)}
          data={NAMES.map((value) => ({ value, label: t(`agreement.height_short.${value}`) }))}
          aria-label={t('agreement.which_height')}
        />
      </div>
      {pair.points && (
        <p className={page.subtitle}>
          {t('agreement.points', {
            count: pair.points.n,
            median: formatNumber(pair.points.median, 2),
            p95: formatNumber(pair.points.p95, 2),
            largest: formatNumber(pair.points.largest, 2),
          })}
        </p>
      )}
      {plot && (
        <>
          <p className={page.subtitle}>
            {t('agreement.limits', { half: formatNumber((plot.limits[1]! - plot.limits[0]!) / 2, 2), unit })}
            {plot.slope !== null && ` ${t('agreement.slope', { slope: formatChange(plot.slope, 3), context: name === 'g' ? 'ratio' : undefined })}`}
            {plot.every > 1 && ` ${t('agreement.thinned', { every: plot.every })}`}
          </p>
          <Differences plot={plot} label={t('agreement.plot_label', { first, second, which })} axes={{ x: t('agreement.mean_of', { first, second, unit: inUnit }), y: t('agreement.difference_of', { first, second, unit: inUnit }) }} />
        </>
      )}
    </section>
  )
}

interface DifferencesProps {
  readonly plot: Plot
  readonly label: string
  readonly axes: { readonly x: string; readonly y: string }
}

function Differences({ plot, label, axes }: DifferencesProps) {
  const { t } = useTranslation()
  const means = plot.points.map((point) => point[0] ?? 0)
  const apart = plot.points.map((point) => point[1] ?? 0)
  const xs = marksOf(Math.min(...means), Math.max(...means))
  const ys = marksOf(Math.min(...apart, ...plot.limits), Math.max(...apart, ...plot.limits))
  const scale = (marks: number[], from: number, to: number) => (value: number) =>
    from + ((value - marks[0]!) / (marks.at(-1)! - marks[0]!)) * (to - from)
  const x = scale(xs, SIZE.left, SIZE.width - SIZE.right)
  const y = scale(ys, SIZE.height - SIZE.bottom, SIZE.top)
  const decimals = (marks: number[]) => Math.max(0, -Math.floor(Math.log10((marks[1] ?? 1) - (marks[0] ?? 0)) + 1e-9))
  const lines = [
    { value: plot.limits[1]!, name: t('agreement.upper'), style: classes.limit },
    { value: plot.bias, name: t('agreement.bias_line'), style: classes.biasLine },
    { value: plot.limits[0]!, name: t('agreement.lower'), style: classes.limit },
  ]
  return (
    <svg viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} className={classes.plot} role="img" aria-label={label}>
      {ys.map((mark) => (
        <g key={mark}>
          <line x1={SIZE.left} x2={SIZE.width - SIZE.right} y1={y(mark)} y2={y(mark)} className={classes.gridLine} />
          <text x={SIZE.left - 8} y={y(mark) + 4} textAnchor="end">{formatNumber(mark, decimals(ys))}</text>
        </g>
      ))}
      {xs.map((mark) => <text key={mark} x={x(mark)} y={SIZE.height - SIZE.bottom + 16} textAnchor="middle">{formatNumber(mark, decimals(xs))}</text>)}
      <text x={SIZE.left} y={11}>{axes.y}</text>
      <text x={SIZE.width - SIZE.right} y={SIZE.height - 2} textAnchor="end">{axes.x}</text>
      {plot.points.map((point, place) => <circle key={place} cx={x(point[0] ?? 0)} cy={y(point[1] ?? 0)} r={2.5} className={classes.point} />)}
      {lines.map(({ value, name, style }) => (
        <g key={name}>
          <line x1={SIZE.left} x2={SIZE.width - SIZE.right} y1={y(value)} y2={y(value)} className={style} />
          <text x={SIZE.width - SIZE.right - 4} y={y(value) - 4} textAnchor="end" className={classes.lineName}>{`${name} ${formatChange(value, 2)}`}</text>
        </g>
      ))}
    </svg>
  )
}

import { useMemo } from 'react'
import { edgesOf, type LabelSlice, runsOf } from './outlines'
import type { PicturePlane } from './plane'
import classes from './sixPoints.module.css'
import { type Size, toPixel, type View } from './view'

export interface Outline {
  readonly id: string
  readonly bit: number
  readonly colour: string
  readonly dashed?: boolean
}

interface Props {
  readonly plane: PicturePlane
  readonly view: View
  readonly size: Size
  readonly slice: LabelSlice
  readonly outlines: readonly Outline[]
  /** Voxels with this bit are filled. */
  readonly filled?: number
}

/** Outlines of masks over an original sagittal slice, in pixels of the pane. */
export function MaskOutlines({ plane, view, size, slice, outlines, filled = 0 }: Props) {
  const edges = useMemo(() => outlines.map(({ bit }) => edgesOf(slice, bit)), [slice, outlines])
  const runs = useMemo(() => runsOf(slice, filled), [slice, filled])
  const at = (i: number, j: number) => toPixel(view, size, { x: i * plane.columnMm, y: j * plane.rowMm }).join(' ')
  const area = runs.map(([row, first, last]) => `M${at(first - 0.5, row - 0.5)}L${at(last + 0.5, row - 0.5)}L${at(last + 0.5, row + 0.5)}L${at(first - 0.5, row + 0.5)}Z`)
  return (
    <svg className={classes.overlay} width={size.width} height={size.height}>
      <path data-area={runs.length} d={area.join('')} fill="var(--warn)" fillOpacity={0.35} />
      {outlines.map(({ id, colour, dashed }, place) => (
        <path
          key={id}
          data-outline={id}
          d={(edges[place] ?? []).map(([x1, y1, x2, y2]) => `M${at(x1, y1)}L${at(x2, y2)}`).join('')}
          stroke={colour}
          strokeWidth={2}
          strokeDasharray={dashed ? '3 3' : undefined}
          fill="none"
        />
      ))}
    </svg>
  )
}

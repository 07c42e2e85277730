import { type RefObject, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail, Finding } from '../api/types'
import { colourOf } from '../domain/levelColours'
import { PictureCanvas } from '../viewer/sixPoints/PictureCanvas'
import { boxOf, type PicturePlane } from '../viewer/sixPoints/plane'
import { BONE } from '../viewer/sixPoints/SixPointsPane'
import { usePaneSize } from '../viewer/sixPoints/usePaneSize'
import { toPixel } from '../viewer/sixPoints/view'
import { LevelRow } from './LevelRow'
import { contradictionText } from './contradictionText'
import classes from './reading.module.css'
import { type Extent, planRows, type RowPlan } from './rows'
import { StripPoints } from './StripPoints'
import type { Desk } from './useDesk'
import type { Insight } from './useInsight'

const STRIP_WIDTH = 216
const SMALLEST_ROW = 38
const LARGEST_SCALE = 4.5
const PLAIN_HALF_MM = 10
const MARGIN_MM = 3

interface Props {
  readonly desk: Desk
  readonly plane: PicturePlane | null
  readonly nameOf: (finding: Pick<Finding, 'number' | 'level'>) => string
  readonly detail: CaseDetail
  readonly insight: Insight
}

/** The whole spine with one row per vertebra beside it, at the same height. */
export function SpineRows({ desk, plane, nameOf, detail, insight }: Props) {
  const { t } = useTranslation()
  const [ref, size] = usePaneSize()
  const extents = useExtents(desk.findings, plane, detail)
  const largestScale = Math.min(LARGEST_SCALE, STRIP_WIDTH / widthOf(desk.findings, plane, detail))
  const plan = useMemo(
    () => (size ? planRows(extents, { height: size.height, smallestRow: SMALLEST_ROW, largestScale }) : null),
    [extents, size, largestScale],
  )
  const list = useActiveInView(desk.active?.number ?? null)
  const title = detail.kind === 'radiograph' ? 'stripRadiograph' : plane?.kind === 'sagittal' ? 'stripSagittal' : 'strip'
  return (
    <div className={classes.left}>
      <div>
        <span className={classes.stripTitle}>{t(`reading.${title}`)}</span>
        <div className={classes.head}>
          {(['level', 'heights', 'g', 'grade', 'shape'] as const).map((column) => (
            <span key={column}>{t(`reading.column.${column}`)}</span>
          ))}
        </div>
      </div>
      <div className={classes.scroll} ref={ref}>
        {plan && plane && <Strip desk={desk} plane={plane} plan={plan} extents={extents} detail={detail} />}
        <ol ref={list} className={classes.rows} style={{ height: plan?.height }}>
          {plan?.rows.map((row) => {
            const finding = desk.findings.find((one) => one.number === row.number)
            if (finding === undefined) return null
            const name = nameOf(finding)
            const doubts = insight.contradictions.get(row.number)?.map((one) => contradictionText(one, name, t)) ?? []
            const shared = { row, finding, desk, name, doubts }
            return <LevelRow key={row.number} {...shared} />
          })}
        </ol>
      </div>
    </div>
  )
}

/** Where each vertebra starts and ends on the picture; fixed while points are dragged. */
function useExtents(findings: readonly Finding[], plane: PicturePlane | null, detail: CaseDetail): Extent[] {
  const first = useRef<{ plane: PicturePlane | null; detail: CaseDetail; extents: Extent[] } | null>(null)
  const { current } = first
  const known = current?.plane === plane && current.detail === detail && current.extents.length === findings.length
  if (!known) {
    const extents = findings.map((finding) => ({ number: finding.number, ...extentOf(finding, plane, detail) }))
    first.current = { plane, detail, extents }
  }
  return first.current?.extents ?? []
}

function extentOf(finding: Finding, plane: PicturePlane | null, detail: CaseDetail) {
  if (plane === null) return { top: null, bottom: null }
  if (finding.six_points_mm) {
    const { top, bottom } = boxOf(plane, finding.six_points_mm)
    return { top, bottom }
  }
  const centre = detail.vertebrae.find((vertebra) => vertebra.number === finding.number)?.centroid_mm
  if (!centre) return { top: null, bottom: null }
  const { y } = plane.toPicture(centre)
  return { top: y - PLAIN_HALF_MM, bottom: y + PLAIN_HALF_MM }
}

interface StripProps {
  readonly desk: Desk
  readonly plane: PicturePlane
  readonly plan: RowPlan
  readonly extents: readonly Extent[]
  readonly detail: CaseDetail
}

function Strip({ desk, plane, plan, extents, detail }: StripProps) {
  const { t } = useTranslation()
  const placed = extents.flatMap((extent) => (extent.top === null ? [] : [extent.number]))
  const across = useMemo(() => acrossOf(desk.findings, plane, detail), [plane, detail, desk.findings.length])
  const height = Math.max(1, Math.round(placed.length > 0 ? plan.height : 1))
  const view = useMemo(
    () => ({
      centreX: (across.from + across.to) / 2 + (plane.kind === 'straightened' ? archRoom(across, STRIP_WIDTH / plan.scale) : 0),
      centreY: plan.startMm + height / 2 / plan.scale,
      scale: plan.scale,
    }),
    [across, plane.kind, plan, height],
  )
  const size = useMemo(() => ({ width: STRIP_WIDTH, height }), [height])
  return (
    <div className={classes.strip}>
      <PictureCanvas plane={plane} view={view} size={size} window={plane.window ?? BONE} label={t('reading.strip')} />
      <svg width={size.width} height={size.height}>
        {desk.findings.map((finding) => (
          <StripPoints
            key={finding.number}
            points={finding.six_points_mm}
            colour={colourOf(finding.level)}
            isActive={finding.number === desk.active?.number}
            at={(point) => toPixel(view, size, plane.toPicture(point))}
          />
        ))}
      </svg>
    </div>
  )
}

interface Across {
  readonly from: number
  readonly to: number
}

/** How far the picture moves to the front, so that arches show, and no body leaves the strip. */
const archRoom = ({ from, to }: Across, widthMm: number): number => Math.max(0, Math.min(widthMm / 9, (widthMm - (to - from)) / 2 - MARGIN_MM))

/** Width of the spine with room around it: on an original slice it bends. */
function widthOf(findings: readonly Finding[], plane: PicturePlane | null, detail: CaseDetail): number {
  if (plane === null) return 1
  if (plane.kind === 'straightened') {
    const { from, to } = acrossOf(findings, plane, detail)
    return to - from + 2 * MARGIN_MM
  }
  const xs = detail.vertebrae.flatMap((vertebra) =>
    vertebra.centroid_mm ? [plane.toPicture(vertebra.centroid_mm).x] : [],
  )
  return xs.length === 0 ? 1 : Math.max(...xs) - Math.min(...xs) + 3 * PLAIN_HALF_MM
}

/** Where all bodies begin and end from front to back, in picture millimetres. */
function acrossOf(findings: readonly Finding[], plane: PicturePlane, detail: CaseDetail): Across {
  const xs = findings.flatMap((finding) => {
    if (finding.six_points_mm) {
      const box = boxOf(plane, finding.six_points_mm)
      return [box.left, box.right]
    }
    const centre = detail.vertebrae.find((vertebra) => vertebra.number === finding.number)?.centroid_mm
    return centre ? [plane.toPicture(centre).x] : []
  })
  const middle = (plane.columns * plane.columnMm) / 2
  return xs.length === 0 ? { from: middle, to: middle } : { from: Math.min(...xs), to: Math.max(...xs) }
}

/** Keeps the row of the active vertebra in view where the list is longer than its room. */
function useActiveInView(active: number | null): RefObject<HTMLOListElement | null> {
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    const row = list.current?.querySelector(`[data-number="${active}"]`)
    row?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return list
}

import { Button, Loader } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { CaseDetail, Finding } from '../api/types'
import { isFlat } from '../domain/frame'
import { colourOf } from '../domain/levelColours'
import { heightText } from '../grading/lengths'
import { SpacingNote } from '../viewer/SpacingNote'
import { useVolumeMeta } from '../viewer/sixPoints/pictures'
import type { Body } from '../viewer/sixPoints/bodies'
import type { PointSet } from '../viewer/sixPoints/PointsOverlay'
import { type Box, boxOf, type PicturePlane, plainBody } from '../viewer/sixPoints/plane'
import { SixPointsPane } from '../viewer/sixPoints/SixPointsPane'
import classes from './reading.module.css'
import type { Desk } from './useDesk'
import type { LargePicture } from './usePictures'

interface Props {
  readonly desk: Desk
  readonly large: LargePicture
  readonly detail: CaseDetail
  readonly bodies: ReadonlyMap<number, Body>
  readonly nameOf: (finding: Pick<Finding, 'number' | 'level'>) => string
}

/** The active vertebra, large, with movable points; its neighbours are drawn faintly. */
export function LargeView({ desk, large, nameOf, detail, bodies }: Props) {
  const { t } = useTranslation()
  const { active } = desk
  const { plane } = large
  if (plane === null || active === null) {
    return (
      <div className={classes.empty} role="status">
        {large.isLoading ? <Loader size="sm" /> : null}
        {large.error ?? (large.isLoading ? t('app.loading') : t('reading.picture.none'))}
      </div>
    )
  }
  const name = nameOf(active)
  const body = bodies.get(active.number)
  const place = (at: { x: number; y: number }) => {
    const down = directionAt(desk, plane, detail)
    const points = plainBody(plane, { ...at, off: 0 }, body?.depthMm, body?.heightMm, down)
    desk.movePoints(active.number, points, 'end')
  }
  const mayPlace = desk.isOpen && active.six_points_mm === null
  const focus = focusOf(active, plane, detail)
  return (
    <SixPointsPane
      plane={plane}
      label={t(`reading.picture.${plane.kind}`, { level: name })}
      sets={setsOf(desk, nameOf, plane)}
      focus={focus}
      focusKey={`${plane.kind} ${active.number} ${bodies.size}`}
      title={<Caption name={name} plane={plane} k={large.k} />}
      note={<LengthNote volume={detail.volume} />}
      onLeaf={large.k === null || isFlat(plane.frame) ? undefined : large.leaf}
      onPlace={mayPlace ? place : undefined}
    >
      {mayPlace && (
        <div className={classes.ask}>
          <Button onClick={() => place({ x: (focus.left + focus.right) / 2, y: (focus.top + focus.bottom) / 2 })}>
            {t('reading.picture.place')}
          </Button>
          <span>{t('reading.picture.placeHint')}</span>
        </div>
      )}
    </SixPointsPane>
  )
}

function Caption({ name, plane, k }: { name: string; plane: PicturePlane; k: number | null }) {
  const { t } = useTranslation()
  if (isFlat(plane.frame)) return <><b className={classes.own}>{name}</b> {t('radiograph.picture')}</>
  const kind = plane.kind === 'straightened' ? 'captionStraight' : 'captionSagittal'
  return (
    <>
      <b className={classes.own}>{name}</b> {t(`reading.picture.${kind}`, { k })}
    </>
  )
}

function setsOf(desk: Desk, nameOf: Props['nameOf'], plane: PicturePlane): PointSet[] {
  const at = desk.findings.findIndex((finding) => finding.number === desk.active?.number)
  const near = [at - 1, at + 1, at].flatMap((place) => desk.findings[place] ?? [])
  return near.flatMap((finding): PointSet[] => {
    if (finding.six_points_mm === null) return []
    const isActive = finding.number === desk.active?.number
    return [
      {
        id: String(finding.number),
        name: nameOf(finding),
        points: finding.six_points_mm,
        look: { colour: isActive ? '#ffffff' : colourOf(finding.level), marker: 'circle', faint: !isActive },
        tag: nameOf(finding),
        heights: isActive ? (finding.heights_mm?.map((_, place, all) => heightText(all, place, plane)) ?? undefined) : undefined,
        onEdit: isActive && desk.isOpen ? (points, phase) => desk.movePoints(finding.number, points, phase) : undefined,
      },
    ]
  })
}

/** Where the lengths come from, beside them; nothing on a CT. */
function LengthNote({ volume }: { volume: string }) {
  const meta = useVolumeMeta(volume)
  return meta.data ? <SpacingNote meta={meta.data} /> : null
}

/** Direction of the spine at the active vertebra: from the centre above to the centre below. */
function directionAt(desk: Desk, plane: PicturePlane, detail: CaseDetail): { x: number; y: number } {
  const at = desk.findings.findIndex((finding) => finding.number === desk.active?.number)
  const centres = [at - 1, at, at + 1].flatMap((place) => {
    const number = desk.findings[place]?.number
    const centre = detail.vertebrae.find((vertebra) => vertebra.number === number)?.centroid_mm
    return centre ? [plane.toPicture(centre)] : []
  })
  const [first, last] = [centres[0], centres.at(-1)]
  if (!first || !last || last.y <= first.y) return { x: 0, y: 1 }
  return { x: last.x - first.x, y: last.y - first.y }
}

function focusOf(active: Finding, plane: PicturePlane, detail: CaseDetail): Box {
  if (active.six_points_mm) return boxOf(plane, active.six_points_mm)
  const centre = detail.vertebrae.find((vertebra) => vertebra.number === active.number)?.centroid_mm
  const { x, y } = centre
    ? plane.toPicture(centre)
    : { x: (plane.columns * plane.columnMm) / 2, y: (plane.rows * plane.rowMm) / 2 }
  return { left: x - 15, right: x + 15, top: y - 10, bottom: y + 10 }
}

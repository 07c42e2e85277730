import { Button, Loader } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { CaseDetail, Finding } from '../api/types'
import { formatMm } from '../domain/format'
import { isFlat } from '../domain/frame'
import { colourOf } from '../domain/levelColours'
import { heightText } from '../grading/lengths'
import { KeyOf } from '../keys/KeysSheet'
import { SpacingNote } from '../viewer/SpacingNote'
import { useVolumeMeta } from '../viewer/sixPoints/pictures'
import type { Body } from '../viewer/sixPoints/bodies'
import { allBy } from '../viewer/sixPoints/origins'
import type { PointSet } from '../viewer/sixPoints/PointsOverlay'
import { snappedAll } from '../viewer/sixPoints/placing'
import { type Box, boxOf, broughtTo, distanceFrom, type PicturePlane, plainBody } from '../viewer/sixPoints/plane'
import { SixPointsPane } from '../viewer/sixPoints/SixPointsPane'
import { howHeights } from '../grading/howMade'
import classes from './reading.module.css'
import { SliceSlider } from './SliceSlider'
import type { Desk } from './useDesk'
import type { LargePicture } from './usePictures'
import type { PointTool } from '../grading/usePointTool'

interface Props {
  readonly desk: Desk
  readonly large: LargePicture
  readonly detail: CaseDetail
  readonly bodies: ReadonlyMap<number, Body>
  readonly nameOf: (finding: Pick<Finding, 'number' | 'level'>) => string
  readonly tool: PointTool
}

/** The active vertebra, large, with movable points; its neighbours are drawn faintly. */
export function LargeView({ desk, large, nameOf, detail, bodies, tool }: Props) {
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
  const focus = focusOf(active, plane, detail)
  const isPlacing = tool.placing === active.number && desk.isOpen
  return (
    <SixPointsPane
      plane={plane}
      label={t(`reading.picture.${plane.kind}`, { level: name })}
      sets={setsOf(desk, nameOf, plane, t, isPlacing)}
      focus={focus}
      focusKey={`${plane.kind} ${active.number} ${bodies.size}`}
      title={
        <>
          <Caption name={name} plane={plane} active={active} desk={desk} />
          {isFlat(plane.frame) && <LengthNote volume={detail.volume} />}
        </>
      }
      note={desk.isOpen ? <SnapButton tool={tool} /> : null}
      onLeaf={large.k === null || isFlat(plane.frame) ? undefined : large.leaf}
      snaps={tool.snaps}
      placing={
        isPlacing
          ? {
              onDone: (placed) => {
                tool.place(null)
                desk.points.move(active.number, placed, 'end')
              },
              onStop: () => tool.place(null),
            }
          : null
      }
    >
      <Refused desk={desk} />
      {!isFlat(plane.frame) && !isPlacing && <SliceSlider desk={desk} large={large} finding={active} />}
      {!isPlacing && desk.isOpen && (
        <PointActs desk={desk} tool={tool} plane={plane} detail={detail} bodies={bodies} focus={focus} />
      )}
    </SixPointsPane>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

function SnapButton({ tool }: { tool: PointTool }) {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      className={classes.snap}
      aria-pressed={tool.snaps}
      onPointerDown={(event) => event.stopPropagation()}
      onClick={tool.toggleSnap}
      title={t('reading.points.snapHint')}
    >
      {t(tool.snaps ? 'reading.points.snapOn' : 'reading.points.snapOff')} <KeyOf command="reading.snap" />
    </button>
  )
}

/** Why points were not taken; while they are still in hand, why they would not be. */
function Refused({ desk }: { desk: Desk }) {
  const { t } = useTranslation()
  const { refused } = desk.points
  if (refused === null || refused.number !== desk.active?.number) return null
  return (
    <div className={classes.refused} role="alert">
      {t(`grading.refused.${refused.code}`)} {refused.isLive ? '' : t('reading.points.wentBack')}
    </div>
  )
}

interface ActsProps extends Omit<Props, 'large' | 'nameOf'> {
  readonly plane: PicturePlane
  readonly focus: Box
}

function PointActs({ desk, tool, plane, detail, bodies, focus }: ActsProps) {
  const { t } = useTranslation()
  const { active } = desk
  if (active === null) return null
  const points = active.six_points_mm
  if (points !== null) {
    return (
      <div className={classes.pointActs}>
        <Act text={t('reading.points.anew')} command="reading.place" act={() => tool.place(active.number)} />
        <Act
          text={t('reading.points.snapAll')}
          command="reading.snapAll"
          act={() => desk.points.move(active.number, snappedAll(plane, { points, by: active.points_by }), 'end')}
        />
      </div>
    )
  }
  const placePlain = () => {
    const body = bodies.get(active.number)
    const centre = { x: (focus.left + focus.right) / 2, y: (focus.top + focus.bottom) / 2, off: 0 }
    const plain = plainBody(plane, centre, body?.depthMm, body?.heightMm, directionAt(desk, plane, detail))
    desk.points.move(active.number, { points: plain, by: allBy('reader') }, 'end')
  }
  return (
    <div className={classes.ask}>
      <Button rightSection={<KeyOf command="reading.place" />} onClick={() => tool.place(active.number)}>
        {t('reading.picture.place')}
      </Button>
      <Button variant="default" size="xs" onClick={placePlain}>
        {t('reading.picture.plain')}
      </Button>
    </div>
  )
}

interface ActProps {
  readonly text: string
  readonly command: 'reading.place' | 'reading.snapAll'
  readonly act: () => void
}

function Act({ text, command, act }: ActProps) {
  return (
    <button type="button" onPointerDown={(event) => event.stopPropagation()} onClick={act}>
      {text} <KeyOf command={command} />
    </button>
  )
}

interface CaptionProps {
  readonly name: string
  readonly plane: PicturePlane
  readonly active: Finding
  readonly desk: Desk
}

/** Nearer than half a thick slice the points lie on the picture for all that can be seen. */
const BESIDE_MM = 1.6

function Caption({ name, plane, active, desk }: CaptionProps) {
  const { t } = useTranslation()
  const kind = plane.kind === 'straightened' ? 'captionStraight' : 'captionSagittal'
  const points = active.six_points_mm
  const beside = points === null ? 0 : distanceFrom(plane, points)
  const mm = formatMm(beside, plane.frame)
  if (isFlat(plane.frame)) {
    return (
      <>
        <b className={classes.own}>{name}</b> {t('radiograph.picture')}
      </>
    )
  }
  return (
    <>
      <b className={classes.own}>{name}</b> {t(`reading.picture.${kind}`, { k: plane.slice })}
      {points !== null && mm !== null && beside > BESIDE_MM && (
        <span className={classes.besideSlice}>
          {t('reading.picture.beside', { mm })}
          {desk.isOpen && (
            <button
              type="button"
              onPointerDown={(event) => event.stopPropagation()}
              onClick={() =>
                desk.points.move(active.number, { points: broughtTo(plane, points), by: active.points_by }, 'end')
              }
            >
              {t('reading.points.bring')}
            </button>
          )}
        </span>
      )}
    </>
  )
}

function setsOf(
  desk: Desk,
  nameOf: Props['nameOf'],
  plane: PicturePlane,
  t: Translate,
  isPlacing: boolean,
): PointSet[] {
  const at = desk.findings.findIndex((finding) => finding.number === desk.active?.number)
  const near = [at - 1, at + 1, at].flatMap((place) => desk.findings[place] ?? [])
  const { refused } = desk.points
  return near.flatMap((finding): PointSet[] => {
    if (finding.six_points_mm === null) return []
    const isActive = finding.number === desk.active?.number
    const isMovable = isActive && desk.isOpen && !isPlacing
    return [
      {
        id: String(finding.number),
        name: nameOf(finding),
        points: finding.six_points_mm,
        by: finding.points_by,
        look: {
          colour: isActive ? '#ffffff' : colourOf(finding.level),
          marker: 'circle',
          faint: !isActive || isPlacing,
        },
        tag: nameOf(finding),
        heights: isActive && !isPlacing ? finding.heights_mm?.map((_, place, all) => heightText(all, place, plane)) : undefined,
        told: isActive ? howHeights(finding, plane, t) : undefined,
        isRefused: refused?.isLive === true && refused.number === finding.number,
        onEdit: isMovable ? (placed, phase) => desk.points.move(finding.number, placed, phase) : undefined,
      },
    ]
  })
}

/** Where the lengths come from, beside them; nothing on a CT. */
function LengthNote({ volume }: { volume: string }) {
  const meta = useVolumeMeta(volume)
  return meta.data ? <div><SpacingNote meta={meta.data} /></div> : null
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

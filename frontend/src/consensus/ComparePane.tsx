import { Loader } from '@mantine/core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail, DisagreementOut } from '../api/types'
import { isFlat } from '../domain/frame'
import { heightText } from '../grading/lengths'
import type { PointTool } from '../grading/usePointTool'
import { KeyOf } from '../keys/KeysSheet'
import { type PointSet } from '../viewer/sixPoints/PointsOverlay'
import { boxOf, type PicturePlane, POINT_NAMES, pointOf, type SixPoints } from '../viewer/sixPoints/plane'
import { useSagittal, useStraightened, useVolumeMeta } from '../viewer/sixPoints/pictures'
import { sliceThrough } from '../viewer/sixPoints/sagittalPlane'
import { SixPointsPane } from '../viewer/sixPoints/SixPointsPane'
import { snappedAll } from '../viewer/sixPoints/placing'
import { heightRows, widestRow } from './compare'
import classes from './consensus.module.css'
import type { NameOf } from './DifferenceList'
import type { Shown } from './useConsensusKeys'
import type { Edit } from './useEdit'
import type { Sitting } from './useSitting'

interface Props {
  readonly sitting: Sitting
  readonly detail: CaseDetail
  readonly edit: Edit
  readonly shown: Shown
  readonly nameOf: NameOf
  readonly wantsSagittal: boolean
  readonly tool: PointTool
  /** Told which picture is on, for snapping. */
  readonly onPlane: (plane: PicturePlane | null) => void
}

/** Both readers' points on one picture: A circles and solid lines, B squares and dashes. */
export function ComparePane({ sitting, detail, edit, shown, nameOf, wantsSagittal, tool, onPlane }: Props) {
  const { t } = useTranslation()
  const { active } = sitting
  const picture = useComparePicture(detail, active, wantsSagittal)
  const { plane } = picture
  useEffect(() => onPlane(plane), [plane])
  const points = active ? (edit.draft?.points ?? active.a?.six_points_mm ?? active.b?.six_points_mm ?? null) : null
  const centre = detail.vertebrae.find((vertebra) => vertebra.number === active?.number)?.centroid_mm
  if (plane === null || active === null || (points === null && !centre)) {
    return (
      <div className={classes.empty} role="status">
        {picture.isLoading ? <Loader size="sm" /> : t('consensus.noPicture')}
      </div>
    )
  }
  const level = nameOf(active)
  const middle = centre ? plane.toPicture(centre) : { x: 0, y: 0 }
  const plain = { left: middle.x - 15, right: middle.x + 15, top: middle.y - 10, bottom: middle.y + 10 }
  return (
    <SixPointsPane
      plane={plane}
      label={t('consensus.picture', { level })}
      sets={setsOf(active, edit, shown, t, plane)}
      focus={points ? boxOf(plane, points) : plain}
      focusKey={`${plane.kind} ${active.id}`}
      bodies={2.4}
      title={
        <>
          <b>
            {detail.code} · {level}
          </b>{' '}
          {isFlat(plane.frame) ? t('radiograph.picture') : picture.k === null ? t('consensus.straight') : t('consensus.sagittal', { k: picture.k })}
        </>
      }
      note={<span>{t(active.a_name || active.b_name ? 'consensus.named' : 'consensus.unnamed')}</span>}
      snaps={tool.snaps}
      placing={
        edit.draft !== null && tool.placing !== null
          ? {
              onDone: (placed) => {
                tool.place(null)
                edit.move(placed, 'end')
              },
              onStop: () => tool.place(null),
            }
          : null
      }
    >
      {edit.draft === null ? <Legend entry={active} /> : <EditActs edit={edit} tool={tool} plane={plane} />}
    </SixPointsPane>
  )
}

function useComparePicture(detail: CaseDetail, active: DisagreementOut | null, wantsSagittal: boolean) {
  const url = detail.proposal?.straightened_url ?? null
  const straight = useStraightened(url)
  const meta = useVolumeMeta(detail.volume)
  const isSagittal = wantsSagittal || url === null || straight.isError
  const centre = detail.vertebrae.find((vertebra) => vertebra.number === active?.number)?.centroid_mm
  const all = [active?.a, active?.b].flatMap((finding) =>
    finding?.six_points_mm ? pointsOf(finding.six_points_mm) : [],
  )
  const through = all.length > 0 ? all : centre ? [centre] : []
  const k = isSagittal && meta.data ? sliceThrough(meta.data, through) : null
  const slice = useSagittal(meta.data, k)
  const plane: PicturePlane | null = (isSagittal ? slice.data : straight.data) ?? null
  return { plane, k, isLoading: plane === null && !(isSagittal && slice.isError) && !meta.isError }
}

const pointsOf = (points: SixPoints) => POINT_NAMES.map((name) => pointOf(points, name))

type Translate = ReturnType<typeof useTranslation>['t']

function setsOf(active: DisagreementOut, edit: Edit, shown: Shown, t: Translate, plane: PicturePlane): PointSet[] {
  const rows = heightRows(active.a, active.b)
  const widest = widestRow(rows)
  const { draft } = edit
  const settled = active.settled?.finding ?? null
  const heights = (side: 'a' | 'b') =>
    rows.map((row, place) => {
      const all = active[side]?.heights_mm
      return all && (row.segment === widest?.segment || shown !== 'both') ? heightText(all, place, plane) : null
    })
  const sets: PointSet[] = []
  for (const side of ['a', 'b'] as const) {
    const points = active[side]?.six_points_mm
    if (!points || (shown !== 'both' && shown !== side)) continue
    sets.push({
      id: side,
      name: active[`${side}_name`] || t(side === 'a' ? 'consensus.readerA' : 'consensus.readerB'),
      points,
      look: {
        colour: side === 'a' ? 'var(--reader-a)' : 'var(--reader-b)',
        marker: side === 'a' ? 'circle' : 'square',
        dashed: side === 'b',
        faint: draft !== null || settled !== null,
      },
      side: side === 'a' && shown === 'both' ? 'left' : 'right',
      heights: draft === null && settled === null ? heights(side) : undefined,
    })
  }
  if (settled?.six_points_mm && shown === 'both') {
    sets.push({
      id: 'settled',
      name: t('consensus.settled'),
      points: settled.six_points_mm,
      look: { colour: '#ffffff', marker: 'circle' },
      heights: settled.heights_mm?.map((_, place, all) => heightText(all, place, plane)),
    })
  }
  if (draft?.points) {
    sets.push({
      id: 'edit',
      name: t('consensus.edit'),
      points: draft.points,
      by: draft.by,
      look: { colour: '#ffffff', marker: 'circle' },
      heights: draft.measured?.heightsMm.map((_, place, all) => heightText(all, place, plane)),
      onEdit: edit.move,
    })
  }
  return sets
}

/** What can be done with the points in hand, with the keys that do it. */
function EditActs({ edit, tool, plane }: { edit: Edit; tool: PointTool; plane: PicturePlane }) {
  const { t } = useTranslation()
  const { draft } = edit
  if (draft === null || tool.placing !== null) return null
  const snapAll = () => {
    if (draft.points !== null) edit.move(snappedAll(plane, { points: draft.points, by: draft.by }), 'end')
  }
  const acts = [
    { text: t('reading.points.anew'), command: 'editing.place', act: () => tool.place(0) },
    { text: t('reading.points.snapAll'), command: 'editing.snapAll', act: snapAll },
    {
      text: t(tool.snaps ? 'reading.points.snapOn' : 'reading.points.snapOff'),
      command: 'editing.snap',
      act: tool.toggleSnap,
    },
  ] as const
  return (
    <div className={classes.pointActs}>
      {acts.map(({ text, command, act }) => (
        <button key={command} type="button" onPointerDown={(event) => event.stopPropagation()} onClick={act}>
          {text} <KeyOf command={command} />
        </button>
      ))}
    </div>
  )
}

function Legend({ entry }: { entry: DisagreementOut }) {
  const { t } = useTranslation()
  return (
    <div className={classes.legend}>
      <span>
        <svg width="30" height="14" aria-hidden stroke="var(--reader-a)" fill="#0f1113" strokeWidth="1.6">
          <path d="M0 7H30" />
          <circle cx="15" cy="7" r="4.5" />
        </svg>
        {entry.a_name || t('consensus.readerA')}
      </span>
      <span>
        <svg width="30" height="14" aria-hidden stroke="var(--reader-b)" fill="#0f1113" strokeWidth="1.6">
          <path d="M0 7H30" strokeDasharray="4 3" />
          <rect x="11" y="3" width="8" height="8" />
        </svg>
        {entry.b_name || t('consensus.readerB')}
      </span>
      <span>
        {t('consensus.hold')} <KeyOf command="consensus.onlyA" /> {t('consensus.or')}{' '}
        <KeyOf command="consensus.onlyB" /> {t('consensus.forOne')}
      </span>
    </div>
  )
}

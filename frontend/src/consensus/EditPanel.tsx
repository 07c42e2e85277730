import { Button, NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { CaseDetail, DisagreementOut, Finding } from '../api/types'
import { formatNumber } from '../domain/format'
import { AO_CLASSES, type AoClass, type Grade, type GradedShape } from '../grading/findings'
import { GradeChoice, ShapeChoice } from '../grading/GradeKeys'
import { useLengths } from '../grading/lengths'
import { MeasureChip } from '../grading/MeasureChip'
import { measuresOf } from '../grading/measures'
import { useNormals } from '../grading/useNormals'
import type { PointTool } from '../grading/usePointTool'
import { KeyOf } from '../keys/KeysSheet'
import type { PicturePlane } from '../viewer/sixPoints/plane'
import { editedFinding, needsRemark } from './compare'
import classes from './consensus.module.css'
import type { Draft, Edit } from './useEdit'
import { useEditKeys } from './useEditKeys'
import type { Sitting } from './useSitting'

/** What the editor needs of the picture and of the panel around it. */
export interface Editing {
  readonly tool: PointTool
  readonly plane: PicturePlane | null
  readonly togglePlane: () => void
  readonly toRemark: () => void
}

interface Props {
  readonly sitting: Sitting
  readonly detail: CaseDetail
  readonly entry: DisagreementOut
  readonly edit: Edit
  readonly editing: Editing
  readonly level: string
  readonly remark: string
}

/** The sitting's own points and grade; a remark is owed where neither reading's grade is taken. */
export function EditPanel(props: Props & { readonly draft: Draft }) {
  const { t } = useTranslation()
  const { sitting, entry, edit, draft, level, remark, editing } = props
  const owes = needsRemark(draft.finding, entry) && remark.trim() === ''
  const mayKeep = !owes && !sitting.isBusy && draft.finding.grade_reader !== null
  const keep = () => {
    if (mayKeep) void sitting.settle(entry, 'edited', { finding: editedFinding(entry, draft), remark }).then(edit.stop)
  }
  const grade = (value: Grade) =>
    edit.say({ grade_reader: value, shape_reader: value === 0 ? null : draft.finding.shape_reader })
  const shape = (value: GradedShape) => draft.finding.grade_reader !== 0 && edit.say({ shape_reader: value })
  useEditKeys(edit, draft, editing, { keep, grade, shape })
  return (
    <>
      <div>
        <b>{t('consensus.editing', { level })}</b>
        <p>{t('consensus.editingText')}</p>
      </div>
      <LiveMeasures {...props} />
      <div className={classes.row}>
        <GradeChoice finding={draft.finding} level={level} onGrade={grade} />
        <ShapeChoice finding={draft.finding} level={level} onShape={shape} />
        {sitting.consensus.classifies_ao && (
          <NativeSelect
            size="xs"
            aria-label={t('reading.own.aoTitle')}
            data={[{ value: '', label: t('consensus.noAo') }, ...AO_CLASSES]}
            value={draft.finding.ao_class ?? ''}
            onChange={(event) => edit.say({ ao_class: (event.currentTarget.value || null) as AoClass | null })}
          />
        )}
      </div>
      {owes && <p role="status">{t('consensus.remarkOwed')}</p>}
      <div className={classes.acts}>
        <Button style={{ gridColumn: 'span 2' }} disabled={!mayKeep} rightSection={<KeyOf command="submit" />} onClick={keep}>
          {t('consensus.keep')}
        </Button>
        <Button
          variant="default"
          style={{ gridColumn: 'span 2' }}
          rightSection={<KeyOf command="editing.stop" />}
          onClick={edit.stop}
        >
          {t('consensus.cancel')}
        </Button>
      </div>
    </>
  )
}

/** Heights, G and the other measures of the points as they are in hand. */
function LiveMeasures({ detail, entry, draft, editing }: Props & { readonly draft: Draft }) {
  const { t } = useTranslation()
  const lengths = useLengths()
  const normals = useNormals(detail.dataset).data
  const base = entry.a ?? entry.b
  if (!draft.measured || !base) return null
  const { heightsMm, g, grade } = draft.measured
  const finding: Finding = {
    ...base,
    six_points_mm: draft.points,
    points_by: draft.by,
    heights_mm: [heightsMm[0], heightsMm[1], heightsMm[2]],
    g,
  }
  const frame = editing.plane?.frame ?? 'patient_mm'
  const measures = measuresOf(finding, { expected: null, normals, frame, nameOf: () => '', t })
  return (
    <div className={classes.measures} role="group" aria-label={t('consensus.measures')}>
      <b data-live-heights>
        {lengths.row([...heightsMm])} {lengths.hasMm ? lengths.unit : ''}
      </b>
      <b>{t('consensus.meanSays', { g: formatNumber(g, 2), grade })}</b>
      {measures.map((measure) => (
        <MeasureChip key={measure.id + measure.name} measure={measure} />
      ))}
    </div>
  )
}

import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { DisagreementOut } from '../api/types'
import { formatNumber } from '../domain/format'
import { useLengths } from '../grading/lengths'
import { GradeChoice, ShapeChoice } from '../grading/GradeKeys'
import { editedFinding, needsRemark } from './compare'
import classes from './consensus.module.css'
import type { Edit } from './useEdit'
import type { Sitting } from './useSitting'

interface Props {
  readonly sitting: Sitting
  readonly entry: DisagreementOut
  readonly edit: Edit
  readonly level: string
  readonly remark: string
}

/** The sitting's own points and grade; a remark is owed where neither reading's grade is taken. */
export function EditPanel({ sitting, entry, edit, level, remark }: Props) {
  const { t } = useTranslation()
  const lengths = useLengths()
  const { draft } = edit
  if (draft === null) return null
  const owes = needsRemark(draft.finding, entry) && remark.trim() === ''
  const keep = () => {
    const finding = editedFinding(entry, draft)
    void sitting.settle(entry, 'edited', { finding, remark }).then(edit.stop)
  }
  return (
    <>
      <div>
        <b>{t('consensus.editing', { level })}</b>
        <p>{t('consensus.editingText')}</p>
        {draft.measured && (
          <p>
            {draft.measured.heightsMm.map((_, place, all) => lengths.show(all, place)).join(' · ')} {lengths.hasMm ? lengths.unit : ''},{' '}
            {t('consensus.meanSays', { g: formatNumber(draft.measured.g, 2), grade: draft.measured.grade })}
          </p>
        )}
      </div>
      <div className={classes.row}>
        <GradeChoice
          finding={draft.finding}
          level={level}
          onGrade={(grade) =>
            edit.say({ grade_reader: grade, shape_reader: grade === 0 ? null : draft.finding.shape_reader })
          }
        />
        <ShapeChoice finding={draft.finding} level={level} onShape={(shape) => edit.say({ shape_reader: shape })} />
      </div>
      {owes && <p role="status">{t('consensus.remarkOwed')}</p>}
      <div className={classes.acts}>
        <Button disabled={owes || sitting.isBusy || draft.finding.grade_reader === null} onClick={keep}>
          {t('consensus.keep')}
        </Button>
        <Button variant="default" onClick={edit.stop}>
          {t('consensus.cancel')}
        </Button>
      </div>
    </>
  )
}

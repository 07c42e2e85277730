import { useTranslation } from 'react-i18next'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { Anchor } from '@mantine/core'
import type { CaseDetail, Finding } from '../api/types'
import { gradeChange, mayGrade, shapeChange } from '../grading/findings'
import { GradeChoice, ShapeChoice } from '../grading/GradeKeys'
import { Doubts, FlagMenus } from './FlagMenus'
import { ModelSays } from './ModelSays'
import classes from './reading.module.css'
import type { Desk } from './useDesk'
import type { OpenMenu } from './useReadingKeys'

interface Props {
  readonly desk: Desk
  readonly finding: Finding
  readonly detail: CaseDetail
  readonly name: string
  readonly menu: OpenMenu
  readonly setMenu: (menu: OpenMenu) => void
}

/** The reader's own grade, what hinders it, and what the model may say. */
export function OwnGrade({ desk, finding, detail, name, menu, setMenu }: Props) {
  const { t } = useTranslation()
  const isCounted = [detail, ...detail.vertebrae].every((named) => named.counted_from !== 'assumed')
  const isAssumed = !isCounted && !desk.reading.levels_confirmed
  const shared = { finding, level: name, disabled: !desk.isOpen }
  return (
    <section>
      <h2>{t('reading.own.title', { level: name })}</h2>
      <div className={classes.keys}>
        {mayGrade(finding) ? (
          <>
            <GradeChoice {...shared} onGrade={(grade) => desk.change(finding.number, gradeChange(finding, grade))} />
            <ShapeChoice {...shared} onShape={(shape) => desk.change(finding.number, shapeChange(finding, shape))} />
          </>
        ) : (
          t('reading.own.cervical')
        )}
      </div>
      <div className={classes.flags}>
        <FlagMenus desk={desk} finding={finding} menu={menu} setMenu={setMenu} />
        <Doubts desk={desk} finding={finding} menu={menu} setMenu={setMenu} />
      </div>
      <div className={classes.lines}>
        <p className={classes.line}>
          <IconInfoCircle size={16} />
          <ModelSays finding={finding} detail={detail} wasShown={desk.reading.proposal_shown} />
        </p>
        {detail.grade_withheld_reason !== null && (
          <p className={classes.line}>
            <IconInfoCircle size={16} />
            {detail.grade_withheld_reason}
          </p>
        )}
        {isAssumed && desk.isOpen && (
          <p className={`${classes.line} ${classes.warn}`}>
            <IconAlertTriangle size={16} />
            <span>
              {t('reading.levels.assumed')}{' '}
              <Anchor
                component="button"
                type="button"
                size="xs"
                underline="always"
                onClick={() => void desk.sayOfCase({ levels_confirmed: true })}
              >
                {t('reading.levels.confirm')}
              </Anchor>
            </span>
          </p>
        )}
      </div>
    </section>
  )
}

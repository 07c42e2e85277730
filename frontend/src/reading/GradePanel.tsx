import type { CaseDetail, Finding } from '../api/types'
import { expectedHeights } from '../grading/neighbours'
import { HeightsTable } from './HeightsTable'
import { OwnGrade } from './OwnGrade'
import { RatioAxis } from './RatioAxis'
import classes from './reading.module.css'
import type { Desk } from './useDesk'
import type { OpenMenu } from './useReadingKeys'

interface Props {
  readonly desk: Desk
  readonly detail: CaseDetail
  readonly nameOf: (finding: Pick<Finding, 'number' | 'level'>) => string
  readonly menu: OpenMenu
  readonly setMenu: (menu: OpenMenu) => void
}

/** Below the picture: heights against neighbours, G with its limits, the reader's own grade. */
export function GradePanel({ desk, detail, nameOf, menu, setMenu }: Props) {
  const { active, findings, reading } = desk
  if (active === null) return <div className={classes.panel} />
  const expected = expectedHeights(findings, active.number)
  return (
    <div className={`${classes.panel} ${detail.grade_withheld_reason ? classes.tall : ''}`}>
      <HeightsTable finding={active} expected={expected} nameOf={nameOf} />
      <RatioAxis
        finding={active}
        expected={expected}
        convention={reading.convention}
        isWithheld={detail.grade_withheld_reason !== null}
      />
      <OwnGrade desk={desk} finding={active} detail={detail} name={nameOf(active)} menu={menu} setMenu={setMenu} />
    </div>
  )
}

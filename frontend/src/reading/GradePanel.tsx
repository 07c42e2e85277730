import type { CaseDetail, Finding } from '../api/types'
import type { PicturePlane } from '../viewer/sixPoints/plane'
import { HeightsTable } from './HeightsTable'
import { Measures } from './Measures'
import { OwnGrade } from './OwnGrade'
import { RatioAxis } from './RatioAxis'
import classes from './reading.module.css'
import type { Desk } from './useDesk'
import type { Insight } from './useInsight'
import type { OpenMenu } from './useReadingKeys'

interface Props {
  readonly desk: Desk
  readonly detail: CaseDetail
  readonly nameOf: (finding: Pick<Finding, 'number' | 'level'>) => string
  readonly insight: Insight
  readonly plane: PicturePlane | null
  readonly askHow: () => void
  readonly menu: OpenMenu
  readonly setMenu: (menu: OpenMenu) => void
}

/** Below the picture: heights against neighbours, G with its limits, the reader's own grade. */
export function GradePanel({ desk, detail, nameOf, insight, plane, askHow, menu, setMenu }: Props) {
  const { active, reading } = desk
  if (active === null) return <div className={classes.panel} />
  const { expected } = insight
  return (
    <div className={`${classes.panel} ${detail.grade_withheld_reason ? classes.tall : ''}`}>
      <HeightsTable finding={active} expected={expected} nameOf={nameOf} plane={plane} />
      <RatioAxis
        finding={active}
        expected={expected}
        convention={reading.convention}
        isWithheld={detail.grade_withheld_reason !== null}
      />
      <OwnGrade desk={desk} finding={active} detail={detail} name={nameOf(active)} menu={menu} setMenu={setMenu} />
      <Measures desk={desk} finding={active} insight={insight} nameOf={nameOf} askHow={askHow} />
    </div>
  )
}

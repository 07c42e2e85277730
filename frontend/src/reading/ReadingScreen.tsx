import { useEffect, useMemo, useState } from 'react'
import { useActivity } from '../activity'
import type { CaseDetail, ReadingOut } from '../api/types'
import { LengthsContext } from '../grading/lengths'
import { useLevelNames } from '../grading/names'
import { Layout } from '../shell/Layout'
import { offerHooks } from '../testing'
import { useVolumeMeta } from '../viewer/sixPoints/pictures'
import { useBodies, withCentres } from '../viewer/sixPoints/useBodies'
import { AmendDialog } from './AmendDialog'
import { GradePanel } from './GradePanel'
import { HowMade } from './HowMade'
import { LargeView } from './LargeView'
import { ReadingBar } from './ReadingBar'
import classes from './reading.module.css'
import { SpineRows } from './SpineRows'
import { type OpenMenu, useReadingKeys } from './useReadingKeys'
import { useDesk } from './useDesk'
import { useInsight } from './useInsight'
import { usePictures } from './usePictures'
import { usePointKeys } from './usePointKeys'
import { usePointTool } from '../grading/usePointTool'
import { Verdict } from './Verdict'
import { useActs } from './useActs'
import { useSliceKeys } from './useSliceKeys'
import type { Versions } from './useVersions'

interface Props {
  readonly detail: CaseDetail
  readonly start: ReadingOut
  readonly versions: Versions
}

export function ReadingScreen({ detail: given, start, versions }: Props) {
  const meta = useVolumeMeta(given.volume)
  const bodies = useBodies(given, meta.data)
  const detail = useMemo(() => withCentres(given, bodies), [given, bodies])
  const desk = useDesk(start, detail.grade_withheld_reason !== null)
  const acts = useActs(desk, detail)
  const [wantsSagittal, setWantsSagittal] = useState(false)
  const pictures = usePictures(detail, meta.data, desk, wantsSagittal)
  const [menu, setMenu] = useState<OpenMenu>(null)
  const [asksHow, setAsksHow] = useState(false)
  const tool = usePointTool()
  const { plane } = pictures.large
  const insight = useInsight(desk, detail, plane?.frame ?? 'patient_mm')
  const nameOf = useLevelNames(detail.dataset)
  const [amends, setAmends] = useState(false)
  useReadingKeys(desk, acts, {
    setMenu,
    togglePlane: () => setWantsSagittal((on) => !on),
    askAmend: () => setAmends(true),
  })
  useSliceKeys(desk, acts, {
    large: pictures.large,
    showOriginal: () => setWantsSagittal(true),
    name: desk.active ? nameOf(desk.active) : '',
  })
  usePointKeys(desk, tool, { plane, askHow: () => setAsksHow(true) })

  const active = desk.active?.number
  const { see } = desk
  useActivity(detail, () => ({ number: active ?? 0, tool: '' }))
  const hasPicture = plane !== null
  useEffect(() => {
    setMenu(null)
    tool.place(null)
    if (active !== undefined && hasPicture) see([active])
  }, [active, hasPicture, see])
  useEffect(
    () => offerHooks({ ready: hasPicture, findings: desk.findings, slice: pictures.large.k }),
    [hasPicture, desk.findings, pictures.large.k],
  )

  return (
    <LengthsContext value={detail}>
    <Layout dark bar={<ReadingBar {...{ desk, detail, acts, versions, menu, setMenu }} />}>
      <div className={classes.screen}>
        <SpineRows desk={desk} plane={pictures.strip} nameOf={nameOf} detail={detail} insight={insight} />
        <div className={classes.right}>
          <Verdict desk={desk} acts={acts} nameOf={nameOf} versions={versions} askAmend={() => setAmends(true)} />
          <LargeView desk={desk} large={pictures.large} nameOf={nameOf} detail={detail} bodies={bodies} tool={tool} />
          <GradePanel
            desk={desk}
            detail={detail}
            nameOf={nameOf}
            insight={insight}
            plane={plane}
            askHow={() => setAsksHow(true)}
            menu={menu}
            setMenu={setMenu}
          />
        </div>
      </div>
      <AmendDialog opened={amends} close={() => setAmends(false)} amend={versions.amend} />
      <HowMade
        finding={asksHow ? desk.active : null}
        insight={insight}
        convention={desk.reading.convention}
        plane={plane}
        nameOf={nameOf}
        close={() => setAsksHow(false)}
      />
    </Layout>
    </LengthsContext>
  )
}

import { Button } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useActivity } from '../activity'
import type { CaseDetail, ConsensusOut } from '../api/types'
import { LengthsContext } from '../grading/lengths'
import { useLevelNames } from '../grading/names'
import { KeyOf } from '../keys/KeysSheet'
import { Layout } from '../shell/Layout'
import { offerHooks } from '../testing'
import { useVolumeMeta } from '../viewer/sixPoints/pictures'
import { useBodies, withCentres } from '../viewer/sixPoints/useBodies'
import { ConsensusBar } from './ConsensusBar'
import { ComparePane } from './ComparePane'
import classes from './consensus.module.css'
import { DecisionPanel } from './DecisionPanel'
import { DifferenceList } from './DifferenceList'
import { useConsensusKeys, type Shown } from './useConsensusKeys'
import { useEdit } from './useEdit'
import { type Sitting, useSitting } from './useSitting'

interface Props {
  readonly detail: CaseDetail
  readonly consensus: ConsensusOut
}

export function ConsensusScreen({ detail: given, consensus }: Props) {
  const bodies = useBodies(given, useVolumeMeta(given.volume).data)
  const detail = useMemo(() => withCentres(given, bodies), [given, bodies])
  const sitting = useSitting(detail, consensus)
  const edit = useEdit(sitting.active, detail.convention)
  const [shown, setShown] = useState<Shown>('both')
  const [remark, setRemark] = useState('')
  const [wantsSagittal, setWantsSagittal] = useState(false)
  const nameOf = useLevelNames(detail.dataset)
  const active = sitting.active?.id
  useActivity(detail, () => ({ number: sitting.active?.number ?? 0, tool: '' }))
  useEffect(() => setRemark(''), [active])
  useEffect(() => offerHooks({ ready: true, consensus }), [consensus])
  useConsensusKeys(sitting, edit, { remark, setShown, togglePlane: () => setWantsSagittal((on) => !on) })
  return (
    <LengthsContext value={detail}>
    <Layout dark bar={<ConsensusBar sitting={sitting} detail={detail} />}>
      <div className={classes.page}>
        <Outcome sitting={sitting} detail={detail} />
        <div className={classes.screen}>
          <DifferenceList sitting={sitting} nameOf={nameOf} />
          <ComparePane
            sitting={sitting}
            detail={detail}
            edit={edit}
            shown={shown}
            nameOf={nameOf}
            wantsSagittal={wantsSagittal}
          />
          <DecisionPanel
            sitting={sitting}
            detail={detail}
            edit={edit}
            nameOf={nameOf}
            remark={remark}
            setRemark={setRemark}
          />
        </div>
      </div>
    </Layout>
    </LengthsContext>
  )
}

function Outcome({ sitting, detail }: { sitting: Sitting; detail: CaseDetail }) {
  const { t } = useTranslation()
  if (sitting.trouble)
    return (
      <div className={classes.trouble} role="alert">
        {sitting.trouble}
      </div>
    )
  if (detail.stage !== 'final') return <div />
  return (
    <div className={classes.done} role="status">
      <IconCheck size={18} color="var(--ok)" />
      {t('consensus.caseSettled')}
      <Button size="xs" rightSection={<KeyOf command="nextCase" />} onClick={sitting.nextCase}>
        {t('consensus.nextCase')}
      </Button>
    </div>
  )
}

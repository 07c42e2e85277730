import { Button } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useActivity } from '../activity'
import type { CaseDetail, ConsensusOut } from '../api/types'
import { LengthsContext } from '../grading/lengths'
import { useLevelNames } from '../grading/names'
import { usePointTool } from '../grading/usePointTool'
import { KeyOf } from '../keys/KeysSheet'
import { Layout } from '../shell/Layout'
import { useLive } from '../shell/useLive'
import { offerHooks } from '../testing'
import type { PicturePlane } from '../viewer/sixPoints/plane'
import { useVolumeMeta } from '../viewer/sixPoints/pictures'
import { useBodies, withCentres } from '../viewer/sixPoints/useBodies'
import { ConsensusBar } from './ConsensusBar'
import { asksFinding } from './compare'
import { ComparePane } from './ComparePane'
import classes from './consensus.module.css'
import { DecisionPanel } from './DecisionPanel'
import { DifferenceList } from './DifferenceList'
import { MaskPane } from './MaskPane'
import { useConsensusKeys, type Shown } from './useConsensusKeys'
import { useEdit } from './useEdit'
import { usePresence } from './useRoom'
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
  const tool = usePointTool()
  const [plane, setPlane] = useState<PicturePlane | null>(null)
  const remarkField = useRef<HTMLTextAreaElement>(null)
  const [shown, setShown] = useState<Shown>('both')
  const [remark, setRemark] = useState('')
  const [wantsSagittal, setWantsSagittal] = useState(false)
  const nameOf = useLevelNames(detail.dataset)
  const active = sitting.active?.id
  useActivity(detail, () => ({ number: sitting.active?.number ?? 0, tool: '' }))
  useLive(detail.dataset)
  usePresence(detail, sitting.isOpen)
  useEffect(() => {
    setRemark('')
    tool.place(null)
  }, [active])
  useEffect(() => offerHooks({ ready: true, consensus }), [consensus])
  const togglePlane = () => setWantsSagittal((on) => !on)
  const toRemark = () => remarkField.current?.focus()
  useConsensusKeys(sitting, edit, { remark, setShown, togglePlane, toRemark, clearRemark: () => setRemark('') })
  return (
    <LengthsContext value={detail}>
    <Layout dark bar={<ConsensusBar sitting={sitting} detail={detail} />}>
      <div className={classes.page}>
        <Outcome sitting={sitting} detail={detail} />
        <div className={classes.screen}>
          <DifferenceList sitting={sitting} nameOf={nameOf} />
          {sitting.active?.masks && !asksFinding(sitting.active) ? (
            <MaskPane key={sitting.active.id} detail={detail} entry={sitting.active} shown={shown} nameOf={nameOf} />
          ) : <ComparePane
            sitting={sitting}
            detail={detail}
            edit={edit}
            shown={shown}
            nameOf={nameOf}
            wantsSagittal={wantsSagittal}
            tool={tool}
            onPlane={setPlane}
          />}
          <DecisionPanel
            sitting={sitting}
            detail={detail}
            edit={edit}
            nameOf={nameOf}
            remark={remark}
            setRemark={setRemark}
            remarkField={remarkField}
            editing={{ tool, plane, togglePlane, toRemark }}
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
  const { room, signatures, open, n_masks: masks } = sitting.consensus
  if (detail.stage !== 'final') {
    if (sitting.isOpen && open === 0 && room.i_signed)
      return (
        <div className={classes.notice} role="status">
          {t('consensus.waitsForSignature')}
        </div>
      )
    if (sitting.isOpen && room.role === 'onlooker')
      return (
        <div className={classes.notice} role="status">
          {t('consensus.room.looksOn')}
        </div>
      )
    return <div />
  }
  return (
    <div className={classes.done} role="status">
      <IconCheck size={18} color="var(--ok)" />
      {t('consensus.caseSettled')}
      {signatures.length > 0 && ` ${t('consensus.signedBy', { names: signatures.map(signatureText(t)).join(', ') })}`}
      {masks > 0 && <a href={`/api/cases/${detail.id}/consensus/uncertain/`} download>{t('consensus.masks.file')}</a>}
      <Button size="xs" rightSection={<KeyOf command="nextCase" />} onClick={sitting.nextCase}>
        {t('consensus.nextCase')}
      </Button>
    </div>
  )
}

const signatureText =
  (t: ReturnType<typeof useTranslation>['t']) =>
  ({ name, by, reason }: ConsensusOut['signatures'][number]): string =>
    by === name ? name : t('consensus.inPlaceOf', { name, by, reason })

import { Button, Textarea } from '@mantine/core'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail, DisagreementOut } from '../api/types'
import { formatNumber } from '../domain/format'
import { useLengths } from '../grading/lengths'
import { GradeChip } from '../grading/GradeChip'
import { KeyOf } from '../keys/KeysSheet'
import { CompareTable } from './CompareTable'
import { asksFinding, asksMasks, heightRows, howAll, lastSettled, meanMeasured, questionOf, widestRow } from './compare'
import classes from './consensus.module.css'
import type { NameOf } from './DifferenceList'
import { type Editing, EditPanel } from './EditPanel'
import { LaterActs } from './LaterActs'
import { MaskActs } from './MaskActs'
import { apartText, MaskFigures } from './MaskFigures'
import type { Edit } from './useEdit'
import type { Sitting } from './useSitting'

interface Props {
  readonly sitting: Sitting
  readonly detail: CaseDetail
  readonly edit: Edit
  readonly nameOf: NameOf
  readonly remark: string
  readonly setRemark: (remark: string) => void
  readonly remarkField: RefObject<HTMLTextAreaElement | null>
  readonly editing: Editing
}

/** The question, both readings in figures, and the ways to decide. */
export function DecisionPanel(props: Props) {
  const { t } = useTranslation()
  const lengths = useLengths()
  const { sitting, nameOf, edit, remark, setRemark, remarkField } = props
  const { active } = sitting
  if (active === null) return <aside className={classes.decision}>{t('consensus.none')}</aside>
  const widest = asksMasks(active) ? null : widestRow(heightRows(active.a, active.b))
  return (
    <aside className={classes.decision}>
      <div>
        <h2>{t(`consensus.question.${questionOf(active)}`, { level: nameOf(active) })}</h2>
        <p>{active.masks && asksMasks(active) ? apartText(active.masks, t) : active.reason}</p>
        {widest && lengths.hasMm && <p>{t(`consensus.widest.${widest.segment}`, { mm: formatNumber(widest.difference, 1) })}</p>}
      </div>
      {asksMasks(active) ? null : <CompareTable entry={active} />}
      {active.masks && <MaskFigures masks={active.masks} />}
      {lastSettled(active) !== null && <Settled sitting={sitting} entry={active} />}
      {!active.open ? null : edit.draft ? (
        <EditPanel key={`edit ${active.id}`} {...props} entry={active} draft={edit.draft} level={nameOf(active)} />
      ) : (
        <>
          <Asked sitting={sitting} entry={active} />
          {sitting.mayDecide && asksFinding(active) && <Acts {...props} entry={active} />}
          {sitting.mayDecide && asksMasks(active) && <MaskActs {...props} entry={active} />}
        </>
      )}
      {active.open && sitting.mayDecide && (
        <Textarea
          key={`remark ${active.id}`}
          ref={remarkField}
          onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          label={
            <>
              {t('consensus.remark')} <KeyOf command="consensus.remark" />
            </>
          }
          description={t('consensus.remarkWhen')}
          placeholder={t('consensus.optional')}
          value={remark}
          autosize
          minRows={2}
          onChange={(event) => setRemark(event.currentTarget.value)}
        />
      )}
      <div className={classes.foot}>{t('consensus.foot')}</div>
    </aside>
  )
}

/** What was put before a third reader, and the way back. */
function Asked({ sitting, entry }: { sitting: Sitting; entry: DisagreementOut }) {
  const { t } = useTranslation()
  if (entry.asked === null) return null
  const { by, note } = entry.asked
  return (
    <div className={classes.asked} role="status">
      <p>{t('consensus.asked', { name: by })}</p>
      {note && <p>{t('consensus.quoted', { note })}</p>}
      {sitting.consensus.room.role === 'reader' && sitting.takesPart && (
        <Button
          variant="default"
          size="xs"
          disabled={sitting.isBusy}
          rightSection={<KeyOf command="consensus.ask" />}
          onClick={() => void sitting.takeBack(entry)}
        >
          {t('consensus.takeBack')}
        </Button>
      )}
    </div>
  )
}

function Acts({ sitting, detail, edit, remark, setRemark, entry }: Props & { entry: DisagreementOut }) {
  const { t } = useTranslation()
  const mean = meanMeasured(entry.a, entry.b, detail.convention)
  const settle = (taken: 'a' | 'b' | 'mean') => void sitting.settle(entry, taken, { remark })
  return (
    <div className={classes.acts}>
      <Button
        variant="default"
        style={{ borderColor: 'var(--reader-a)' }}
        disabled={entry.a === null || sitting.isBusy}
        rightSection={<KeyOf command="consensus.takeA" />}
        onClick={() => settle('a')}
      >
        {t('consensus.takeA')}
      </Button>
      <Button
        variant="default"
        style={{ borderColor: 'var(--reader-b)' }}
        disabled={entry.b === null || sitting.isBusy}
        rightSection={<KeyOf command="consensus.takeB" />}
        onClick={() => settle('b')}
      >
        {t('consensus.takeB')}
      </Button>
      <Button
        variant="default"
        style={{ gridColumn: 'span 2' }}
        disabled={mean === null || sitting.isBusy}
        rightSection={<KeyOf command="consensus.mean" />}
        onClick={() => settle('mean')}
      >
        {t('consensus.takeMean')}
        {mean && (
          <span className={classes.caption} style={{ marginLeft: 10 }}>
            {t('consensus.meanSays', { g: formatNumber(mean.g, 2), grade: mean.grade })}
          </span>
        )}
      </Button>
      <Button variant="default" rightSection={<KeyOf command="consensus.edit" />} onClick={edit.start}>
        {t('consensus.edit')}
      </Button>
      <LaterActs sitting={sitting} entry={entry} remark={remark} setRemark={setRemark} />
    </div>
  )
}

function Settled({ sitting, entry }: { sitting: Sitting; entry: DisagreementOut }) {
  const { t } = useTranslation()
  const remarks = [entry.settled?.remark, entry.masks?.settled?.remark].filter(Boolean)
  return (
    <div className={classes.row}>
      {t('consensus.isSettled', { how: howAll(entry, t) })}
      {entry.settled && <GradeChip finding={entry.settled.finding} full />}
      {remarks.map((remark) => <p key={remark}>{remark}</p>)}
      {sitting.mayDecide && (
        <Button
          variant="default"
          size="xs"
          disabled={sitting.isBusy}
          rightSection={<KeyOf command="consensus.reopen" />}
          onClick={() => void sitting.reopen(entry)}
        >
          {t('consensus.reopen')}
        </Button>
      )}
    </div>
  )
}

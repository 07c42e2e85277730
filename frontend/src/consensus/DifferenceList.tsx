import { Button } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { DisagreementOut, Finding } from '../api/types'
import { colourOf } from '../domain/levelColours'
import { GradeChip } from '../grading/GradeChip'
import classes from './consensus.module.css'
import type { Sitting } from './useSitting'

export type NameOf = (finding: Pick<Finding, 'number' | 'level'>) => string

interface Props {
  readonly sitting: Sitting
  readonly nameOf: NameOf
}

/** The differences by consequence, the settled ones below, threshold noise in one block. */
export function DifferenceList({ sitting, nameOf }: Props) {
  const { t } = useTranslation()
  const { turn, settled, thresholds, isLooking } = sitting
  const listed = isLooking ? thresholds : turn
  const count = listed.length
  return (
    <nav className={classes.list} aria-label={t('consensus.title')}>
      <div className={classes.listHead}>
        <h1>{count > 0 ? t('consensus.left', { count }) : t('consensus.none')}</h1>
        {count > 0 && <span className={classes.caption}>{t('consensus.byConsequence')}</span>}
      </div>
      <ol className={classes.entries}>
        {listed.map((entry) => (
          <Entry key={entry.id} entry={entry} sitting={sitting} nameOf={nameOf} />
        ))}
        {settled.length > 0 && <li className={classes.group}>{t('consensus.settled')}</li>}
        {settled.map((entry) => (
          <Entry key={entry.id} entry={entry} sitting={sitting} nameOf={nameOf} />
        ))}
      </ol>
      {thresholds.length > 0 && <Thresholds sitting={sitting} />}
    </nav>
  )
}

function Entry({ entry, sitting, nameOf }: Props & { entry: DisagreementOut }) {
  const { t } = useTranslation()
  const isPutOff = sitting.deferred.includes(entry.id) && entry.settled === null
  return (
    <li>
      <button
        type="button"
        className={classes.entry}
        aria-current={sitting.active?.id === entry.id}
        onClick={() => sitting.select(entry.id)}
      >
        <span className={classes.level}>
          <span className={classes.edge} style={{ background: colourOf(entry.level) }} />
          {nameOf(entry)}
        </span>
        <span className={classes.chips}>
          {entry.settled ? (
            <>
              <IconCheck size={18} color="var(--ok)" />
              <GradeChip finding={entry.settled.finding} />
            </>
          ) : (
            <>
              <GradeChip finding={entry.a} />
              <GradeChip finding={entry.b} />
            </>
          )}
        </span>
        <span className={classes.reason}>
          {entry.settled ? t(`consensus.how.${entry.settled.taken}`) : entry.reason}
          {isPutOff && ` · ${t('consensus.deferred')}`}
        </span>
      </button>
    </li>
  )
}

function Thresholds({ sitting }: { sitting: Sitting }) {
  const { t } = useTranslation()
  const { thresholds, isLooking, unlooked } = sitting
  return (
    <div className={classes.block}>
      <h2>{t('consensus.thresholds', { count: thresholds.length })}</h2>
      <p>{t('consensus.thresholdText')}</p>
      {isLooking ? (
        <>
          <Button
            size="xs"
            disabled={unlooked > 0 || sitting.isBusy || !sitting.mayDecide}
            onClick={() => void sitting.confirmThresholds()}
          >
            {unlooked > 0 ? t('consensus.lookOn', { count: unlooked }) : t('consensus.confirmAll')}
          </Button>
          {sitting.mayStopLooking && (
            <Button size="xs" variant="subtle" color="gray" onClick={sitting.stopLooking}>
              {t('consensus.toOthers')}
            </Button>
          )}
        </>
      ) : (
        <Button size="xs" variant="default" onClick={sitting.lookThrough}>
          {t('consensus.lookThrough')}
        </Button>
      )}
    </div>
  )
}

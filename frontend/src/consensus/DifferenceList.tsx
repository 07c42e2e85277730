import { Button } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { DisagreementOut, Finding } from '../api/types'
import { colourOf } from '../domain/levelColours'
import { GradeChip } from '../grading/GradeChip'
import { KeyOf } from '../keys/KeysSheet'
import { asksMasks, howAll } from './compare'
import { apartText } from './MaskFigures'
import classes from './consensus.module.css'
import type { Sitting } from './useSitting'

type Translate = ReturnType<typeof useTranslation>['t']

export type NameOf = (finding: Pick<Finding, 'number' | 'level'>) => string

interface Props {
  readonly sitting: Sitting
  readonly nameOf: NameOf
}

/** The differences by consequence, the settled ones below, threshold noise in one block. */
export function DifferenceList({ sitting, nameOf }: Props) {
  const { t } = useTranslation()
  const { turn, settled, thresholds, isLooking, elsewhere } = sitting
  const isThird = sitting.consensus.room.role === 'adjudicator'
  const listed = isLooking ? thresholds : turn
  const count = listed.length
  return (
    <nav className={classes.list} aria-label={t('consensus.title')}>
      <div className={classes.listHead}>
        <h1>{titleOf(count, elsewhere.length, isThird, t)}</h1>
        {count > 0 && <span className={classes.caption}>{t('consensus.byConsequence')}</span>}
      </div>
      <ol className={classes.entries}>
        {listed.map((entry) => (
          <Entry key={entry.id} entry={entry} sitting={sitting} nameOf={nameOf} />
        ))}
        {elsewhere.length > 0 && (
          <li className={classes.group}>{t(isThird ? 'consensus.forTheTwo' : 'consensus.forAThird')}</li>
        )}
        {elsewhere.map((entry) => (
          <Entry key={entry.id} entry={entry} sitting={sitting} nameOf={nameOf} />
        ))}
        {settled.length > 0 && <li className={classes.group}>{t('consensus.settled')}</li>}
        {settled.map((entry) => (
          <Entry key={entry.id} entry={entry} sitting={sitting} nameOf={nameOf} />
        ))}
      </ol>
      <Statements sitting={sitting} />
      {thresholds.length > 0 && <Thresholds sitting={sitting} />}
    </nav>
  )
}

function Entry({ entry, sitting, nameOf }: Props & { entry: DisagreementOut }) {
  const { t } = useTranslation()
  const isPutOff = entry.deferred_at !== null && entry.open
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
          {!entry.open ? (
            <>
              <IconCheck size={18} color="var(--ok)" />
              <GradeChip finding={entry.settled?.finding ?? null} />
            </>
          ) : (
            <>
              <GradeChip finding={entry.a} />
              <GradeChip finding={entry.b} />
            </>
          )}
        </span>
        <span className={classes.reason}>
          {entry.open ? reasonOf(entry, t) : howAll(entry, t)}
          {isPutOff && ` · ${t('consensus.deferred')}`}
        </span>
      </button>
    </li>
  )
}

/** Why an entry waits: once its finding is settled, its masks. */
const reasonOf = (entry: DisagreementOut, t: Translate): string => (entry.masks && asksMasks(entry) ? apartText(entry.masks, t) : entry.reason)

function titleOf(count: number, elsewhere: number, isThird: boolean, t: Translate): string {
  if (count > 0) return t('consensus.left', { count })
  if (elsewhere === 0) return t('consensus.none')
  return t(isThird ? 'consensus.nothingAsked' : 'consensus.waitsForThird')
}

/** How readers counted the levels, where they say different things. */
function Statements({ sitting }: { sitting: Sitting }) {
  const { t } = useTranslation()
  const [a, b, ...more] = sitting.consensus.statements
  if (!a || !b || more.length > 0 || JSON.stringify(a) === JSON.stringify(b)) return null
  const said = ({ levels_counted_from: counted, anomalies }: typeof a) =>
    [
      counted === '' ? t('consensus.notSaid') : t(`grading.countedFrom.${counted}`),
      ...anomalies.map((name) => t(`grading.anomaly.${name}`)),
    ].join(', ')
  return (
    <div className={classes.block}>
      <h2>{t('consensus.statements')}</h2>
      <p>
        <span className={classes.a}>● {t('consensus.readerA')}</span> {said(a)}
      </p>
      <p>
        <span className={classes.b}>■ {t('consensus.readerB')}</span> {said(b)}
      </p>
    </div>
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
            rightSection={<KeyOf command="consensus.thresholds" />}
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
        <Button
          size="xs"
          variant="default"
          rightSection={<KeyOf command="consensus.thresholds" />}
          onClick={sitting.lookThrough}
        >
          {t('consensus.lookThrough')}
        </Button>
      )}
    </div>
  )
}

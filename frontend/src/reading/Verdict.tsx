import { Button, CloseButton } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Finding } from '../api/types'
import { formatClock } from '../domain/format'
import { missing, withoutShape } from '../grading/findings'
import { KeyOf } from '../keys/KeysSheet'
import classes from './reading.module.css'
import type { Acts, Told } from './useActs'
import type { Desk } from './useDesk'
import type { Versions } from './useVersions'

interface Props {
  readonly desk: Desk
  readonly acts: Acts
  readonly nameOf: (finding: Pick<Finding, 'number' | 'level'>) => string
  readonly versions: Versions
  readonly askAmend: () => void
}

/** What the last act came to: submitted, cut off, refused, or which levels are still open. */
export function Verdict({ desk, acts, nameOf, versions, askAmend }: Props) {
  const { t } = useTranslation()
  const { reading, drafts } = desk
  const names = (numbers: readonly number[]) =>
    desk.findings
      .filter((finding) => numbers.includes(finding.number))
      .map(nameOf)
      .join(', ')
  if (versions.former !== null) return <Former desk={desk} versions={versions} />
  if (!desk.isOpen) {
    const time = reading.submitted_at ? formatClock(new Date(reading.submitted_at)) : ''
    return (
      <div className={`${classes.word} ${classes.done}`} role="status">
        <IconCheck size={18} color="var(--ok)" />
        {t('reading.submitted', { time })}
        {reading.may_amend && (
          <Button size="xs" variant="default" rightSection={<KeyOf command="reading.amend" />} onClick={askAmend}>
            {t('reading.amend.open')}
          </Button>
        )}
        <Button size="xs" rightSection={<KeyOf command="nextCase" />} onClick={acts.nextCase}>
          {t('reading.nextCase')}
        </Button>
      </div>
    )
  }
  if (drafts.cutOffSince) {
    const text = t('reading.cutOff', { time: formatClock(drafts.cutOffSince), count: drafts.waiting })
    return (
      <div className={`${classes.word} ${classes.offline}`} role="alert">
        {text}
      </div>
    )
  }
  if (drafts.refused)
    return (
      <div className={`${classes.word} ${classes.trouble}`} role="alert">
        {drafts.refused}
      </div>
    )
  if (!acts.told && missing(desk.findings).length === 0) return <Complete desk={desk} names={names} />
  return acts.told && <Told told={acts.told} names={names} desk={desk} close={acts.forget} />
}

/** The reading as it was before it was amended; nothing of it can be changed. */
function Former({ desk, versions }: Pick<Props, 'desk' | 'versions'>) {
  const { t } = useTranslation()
  const { submitted_at } = desk.reading
  const time = submitted_at ? formatClock(new Date(submitted_at)) : ''
  return (
    <div className={`${classes.word} ${classes.notice}`} role="status">
      {t('reading.amend.former', { time })}
      <Button size="xs" variant="default" onClick={versions.showPresent}>
        {t('reading.amend.showPresent')}
      </Button>
    </div>
  )
}

/** All is graded; a fracture without a shape may be submitted, but not unnoticed. */
function Complete({ desk, names }: Pick<ToldProps, 'desk' | 'names'>) {
  const { t } = useTranslation()
  const bare = withoutShape(desk.findings).map((finding) => finding.number)
  if (bare.length === 0) return null
  return (
    <div className={`${classes.word} ${classes.notice}`} role="status">
      {t('reading.withoutShape', { levels: names(bare) })}
    </div>
  )
}

interface ToldProps {
  readonly told: Told
  readonly names: (numbers: readonly number[]) => string
  readonly desk: Desk
  readonly close: () => void
}

function Told({ told, names, desk, close }: ToldProps) {
  const { t } = useTranslation()
  if (told.kind === 'refused') {
    return (
      <div className={`${classes.word} ${classes.trouble}`} role="alert">
        {told.text}
        <CloseButton className={classes.close} size="sm" aria-label={t('reading.close')} onClick={close} />
      </div>
    )
  }
  if (told.kind === 'note') {
    return (
      <div className={`${classes.word} ${classes.notice}`} role="status">
        {told.text}
        <CloseButton className={classes.close} size="sm" aria-label={t('reading.close')} onClick={close} />
      </div>
    )
  }
  if (told.kind === 'missing') {
    const open = missing(desk.findings).map((finding) => finding.number)
    if (open.length === 0) return null
    return (
      <div className={`${classes.word} ${classes.trouble}`} role="alert">
        {t('reading.missing', { levels: names(open) })}
      </div>
    )
  }
  const count = told.numbers.length
  const done = count > 0 ? t('reading.othersDone', { count }) : t('reading.othersNone')
  const unseen = told.unseen.length > 0 ? t('reading.othersUnseen', { levels: names(told.unseen) }) : ''
  return (
    <div className={`${classes.word} ${classes.notice}`} role="status">
      {done} {unseen}
      <CloseButton className={classes.close} size="sm" aria-label={t('reading.close')} onClick={close} />
    </div>
  )
}

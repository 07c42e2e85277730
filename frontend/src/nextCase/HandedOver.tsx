import { Button } from '@mantine/core'
import { IconCircleCheck, IconPlayerPlayFilled } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ActiveTime } from '../activity'
import type { CaseDetail } from '../api/types'
import { KeyOf } from '../keys/KeysSheet'
import { useCommand, useScope } from '../keys/useKeys'
import { useDarkScreen } from '../shell/useDarkScreen'
import classes from './HandedOver.module.css'
import type { Handed } from './handed'
import { useNextCase } from './useNextCase'

/** The quiet end of a case: what became of it, the time it took, and what is next. */
export function HandedOver({ detail, handed }: { detail: CaseDetail; handed: Handed }) {
  const { t } = useTranslation()
  useDarkScreen()
  useScope('list')
  const { next, isKnown, go } = useNextCase(detail, { mayPrefetch: true, isDone: true })
  useCommand('nextCase', go)
  return (
    <main className={`lamina-dark ${classes.page}`} data-testid="handed-over">
      <section className={classes.card}>
        <IconCircleCheck size={40} stroke={1.5} color="var(--ok)" aria-hidden />
        <h1 role="status">{handed.text}</h1>
        <ActiveTime detail={{ id: detail.id, stage: handed.stage }} />
        {next && (
          <div className={classes.next}>
            {next.thumbnail_url && <img src={next.thumbnail_url} alt="" />}
            <span>
              <small>{t('worklist.next.for_you')}</small>
              <strong>{next.code}</strong>
              <small>{[next.title, next.levels].filter(Boolean).join(' · ')}</small>
            </span>
          </div>
        )}
        {isKnown && !next && (
          <div className={classes.none}>
            <strong>{t('worklist.empty.title')}</strong>
            <p>{t('next.caught_up')}</p>
          </div>
        )}
        <div className={classes.acts}>
          {next && (
            <Button leftSection={<IconPlayerPlayFilled size={14} aria-hidden />} rightSection={<KeyOf command="nextCase" />} onClick={go}>
              {t('worklist.next.open')}
            </Button>
          )}
          <Button variant="default" renderRoot={(props) => <Link to="/d/$dataset/worklist" params={{ dataset: detail.dataset }} {...props} />}>
            {t('refinement.toWorklist')}
          </Button>
        </div>
      </section>
    </main>
  )
}

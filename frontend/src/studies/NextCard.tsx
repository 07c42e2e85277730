import { Button } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { WorkRow } from '../api/types'
import { formatDay } from '../domain/format'
import { KeyOf } from '../keys/KeysSheet'
import page from '../shell/page.module.css'
import { Thumbnail } from './Thumbnail'
import classes from './Worklist.module.css'

const titleOf = (row: WorkRow) => (row.returned ? 'returned' : (row.work ?? 'look'))

/** The next act of this person: picture, reason, one button. */
export function NextCard({ next, onOpen }: { next: WorkRow | null; onOpen: (row: WorkRow) => void }) {
  const { t } = useTranslation()
  if (!next) {
    return (
      <section className={`${page.panel} ${page.padded}`}>
        <h2 className={page.panelTitle}>{t('worklist.next.none')}</h2>
        <p className={page.subtitle}>{t('worklist.next.none_text')}</p>
      </section>
    )
  }
  const due = next.due_at ? t('worklist.due', { day: formatDay(new Date(next.due_at)) }) : ''
  return (
    <section className={`${page.panel} ${classes.next}`} aria-label={t('worklist.next.for_you')}>
      <Thumbnail url={next.thumbnail_url} className={classes.nextPicture} />
      <span className={classes.nextCode}>{next.code}</span>
      <div className={classes.nextBody}>
        <span className={page.caption}>{t('worklist.next.for_you')}</span>
        <h2>{t(`worklist.next.${titleOf(next)}`)}</h2>
        <p>{next.note || next.look_at || next.title}</p>
        <p className={page.caption}>
          {[next.levels, next.n_levels > 0 ? t('worklist.levels', { count: next.n_levels }) : '', due].filter(Boolean).join(' · ')}
        </p>
        <Button
          mt={8}
          fullWidth
          leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
          rightSection={<KeyOf command="nextCase" />}
          onClick={() => onOpen(next)}
        >
          {t('worklist.next.open')}
        </Button>
      </div>
    </section>
  )
}

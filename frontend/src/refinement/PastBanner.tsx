import { Button } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { SpineView } from '../viewer'
import { Banner } from './Banner'
import type { Past } from './usePast'

/** Says that an older mask is on screen, and offers the ways back. */
export function PastBanner({ view, past, mayPaint }: { view: SpineView; past: Past; mayPaint: boolean }) {
  const { t } = useTranslation()
  const { active, levels } = useStore(view.state)
  if (!past.past) return null
  const level = active > 0 ? (levels.get(active) ?? `#${active}`) : null
  return (
    <Banner tone="warn" icon={<IconHistory size={18} />} text={t('versions.looking', { title: past.past.title })}>
      {mayPaint && <Button size="compact-sm" onClick={() => past.restore(null)}>{t('versions.restore')}</Button>}
      {mayPaint && level && <Button size="compact-sm" variant="default" onClick={() => past.restore(active)}>{t('versions.restoreOne', { level })}</Button>}
      <Button size="compact-sm" variant="default" onClick={past.back}>{t('versions.now')}</Button>
    </Banner>
  )
}

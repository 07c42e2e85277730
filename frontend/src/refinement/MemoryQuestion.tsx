import { Button, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../domain/format'
import { EmptyState } from '../shell/EmptyState'
import type { Question } from '../viewer'

/** Asks before a volume is opened that needs more memory than a page may take on this device. */
export function MemoryQuestion({ question: { needs, answer } }: { question: Question }) {
  const { t } = useTranslation()
  const sizes = { needs: formatBytes(needs.bytes), half: formatBytes(needs.halfBytes), has: formatBytes(needs.mayTake ?? 0) }
  return (
    <div role="alertdialog" aria-label={t('viewer.large.title')} className="lamina-dark ws-opening">
      <EmptyState
        title={t('viewer.large.title')}
        text={t('viewer.large.text', sizes)}
        act={
          <Group>
            <Button onClick={() => answer(true)}>{t('viewer.large.half', sizes)}</Button>
            <Button variant="default" onClick={() => answer(false)}>{t('viewer.large.whole', sizes)}</Button>
          </Group>
        }
      />
    </div>
  )
}

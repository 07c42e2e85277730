import { Button } from '@mantine/core'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EmptyState } from './EmptyState'

export function Failure({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation()
  return (
    <div role="alert">
      <EmptyState title={t('error.title')} text={error instanceof Error ? error.message : String(error)} act={<Button onClick={reset}>{t('error.retry')}</Button>} />
    </div>
  )
}

export function NotFound() {
  const { t } = useTranslation()
  return <EmptyState title={t('error.notFound')} act={<Button component="a" href="/">{t('error.toWorklist')}</Button>} />
}

import { Button, Skeleton } from '@mantine/core'
import { useTimeout } from '@mantine/hooks'
import { IconCloudOff } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/client'
import classes from './page.module.css'

const SKELETON_AFTER_MS = 200

/** Rows of the final layout, shown only where the answer takes longer than a blink. */
export function Waiting({ rows = 6, height = 44 }: { rows?: number; height?: number }) {
  const { t } = useTranslation()
  const [isLate, setLate] = useState(false)
  useTimeout(() => setLate(true), SKELETON_AFTER_MS, { autoInvoke: true })
  if (!isLate) return null
  return (
    <div className={`${classes.panel} ${classes.padded}`} role="status" aria-label={t('shell.loading')}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} mb={8} radius="sm" animate={false} />
      ))}
    </div>
  )
}

function useSentence(error: Error): string {
  const { t } = useTranslation()
  if (!(error instanceof ApiError)) return error.message
  if (error.isOffline) return t('shell.error_network')
  if (error.status === 403) return t('shell.error_forbidden')
  if (error.status === 404) return t('shell.error_missing')
  return t('shell.error_server', { detail: error.message })
}

/** What went wrong, in words, with the way to try again. */
export function Failed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { t } = useTranslation()
  return (
    <div className={`${classes.panel} ${classes.empty}`} role="alert">
      <IconCloudOff size={40} stroke={1.5} aria-hidden />
      <h2>{t('shell.error_title')}</h2>
      <p>{useSentence(error)}</p>
      <Button variant="default" onClick={onRetry}>
        {t('shell.retry')}
      </Button>
    </div>
  )
}

interface AnswerProps<T> {
  query: UseQueryResult<T>
  rows?: number
  children: (data: T) => ReactNode
}

/** Draws what a query brought; before that its skeleton, and its error beside the cause. */
export function Answer<T>({ query, rows, children }: AnswerProps<T>) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  return <Waiting rows={rows} />
}

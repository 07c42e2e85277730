import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client'
import type { CaseDetail, ReadingOut } from '../api/types'
import { EmptyState } from '../shell/EmptyState'
import { ReadingScreen } from './ReadingScreen'
import { useVersions } from './useVersions'

/** The page /c/<case>/read: one reader's blind reading of one case. */
export function Reading() {
  const { t } = useTranslation()
  const { case: id = '' } = useParams({ strict: false })
  const detail = useQuery({
    queryKey: ['case', id],
    queryFn: ({ signal }) => api.get<CaseDetail>(`/cases/${id}/`, signal),
  })
  const reading = useQuery({
    queryKey: ['reading', id],
    queryFn: () => api.post<ReadingOut>(`/cases/${id}/reading/`),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const versions = useVersions(id, reading.data)
  const failure = detail.error ?? reading.error
  if (failure) return <EmptyState title={failure.message} act={<a href="/">{t('reading.back')}</a>} />
  const shown = versions.former ?? reading.data
  if (!detail.data || !shown) return <EmptyState title={t('app.loading')} act={<Loader size="sm" />} />
  return <ReadingScreen key={shown.id} detail={detail.data} start={shown} versions={versions} />
}

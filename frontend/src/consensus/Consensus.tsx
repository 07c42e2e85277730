import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client'
import type { CaseDetail, ConsensusOut } from '../api/types'
import { EmptyState } from '../shell/EmptyState'
import { ConsensusScreen } from './ConsensusScreen'
import { MissingSignatures } from './MissingSignatures'

/** The page /c/<case>/consensus: two readings of one case, settled vertebra by vertebra. */
export function Consensus() {
  const { t } = useTranslation()
  const { case: id } = useParams({ strict: false })
  const detail = useQuery({
    queryKey: ['case', id],
    queryFn: ({ signal }) => api.get<CaseDetail>(`/cases/${id}/`, signal),
  })
  const consensus = useQuery({
    queryKey: ['consensus', id],
    queryFn: ({ signal }) => api.get<ConsensusOut>(`/cases/${id}/consensus/`, signal),
  })
  const isManager = detail.data?.roles.includes('manager') && !detail.data.roles.includes('reader')
  if (detail.data && isManager) return <MissingSignatures detail={detail.data} />
  const failure = detail.error ?? consensus.error
  if (failure) return <EmptyState title={failure.message} act={<a href="/">{t('consensus.back')}</a>} />
  if (!detail.data || !consensus.data) return <EmptyState title={t('app.loading')} act={<Loader size="sm" />} />
  return <ConsensusScreen detail={detail.data} consensus={consensus.data} />
}

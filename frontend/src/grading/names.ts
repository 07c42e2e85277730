import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client'
import type { Dataset } from '../api/types'
import { levelName } from '../domain/vertebrae'

interface Named {
  readonly number: number
  readonly level: string | null
}

/** Names vertebrae as their dataset does (T12 or Th12), and by number where no one has named them. */
export function useLevelNames(dataset: string): (vertebra: Named) => string {
  const { t } = useTranslation()
  const scheme = useQuery({
    queryKey: ['dataset', dataset],
    queryFn: ({ signal }) => api.get<Dataset>(`/datasets/${dataset}/`, signal),
    staleTime: 5 * 60_000,
  }).data?.level_scheme
  return ({ number, level }) => (level === null ? t('grading.unnamed', { number }) : levelName(level, scheme))
}

import { queryOptions, useQuery } from '@tanstack/react-query'
import { api } from './client'
import type { Dataset, Session, Worklist } from './types'

export const sessionKey = ['session'] as const

/** Who is signed in and in which data sets; always answered, also for nobody. */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: ({ signal }) => api.get<Session>('/session/', signal),
    staleTime: 60_000,
  })
}

/** One data set with the roles of the person who asks and the model in service. */
export function useDataset(slug: string) {
  return useQuery({
    queryKey: ['dataset', slug],
    queryFn: ({ signal }) => api.get<Dataset>(`/datasets/${slug}/`, signal),
    enabled: slug !== '',
  })
}

export type Scope = 'mine' | 'ready' | 'all'

export const worklistOptions = (dataset: string, scope: Scope) =>
  queryOptions({
    queryKey: ['worklist', dataset, scope],
    queryFn: ({ signal }) => api.get<Worklist>(`/datasets/${dataset}/worklist/?scope=${scope}`, signal),
    enabled: dataset !== '',
  })

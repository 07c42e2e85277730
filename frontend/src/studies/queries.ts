import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import type { CaseDetail, CaseEventOut, ImportOut } from '../api/types'

const POLL_MS = 2_000

export const useCaseDetail = (id: string) =>
  useQuery({
    queryKey: ['case', id],
    queryFn: ({ signal }) => api.get<CaseDetail>(`/cases/${id}/`, signal),
  })

export const useCaseHistory = (id: string) =>
  useQuery({
    queryKey: ['history', id],
    queryFn: ({ signal }) => api.get<CaseEventOut[]>(`/cases/${id}/history/`, signal),
  })

export const importsKey = (dataset: string) => ['imports', dataset] as const

const isReading = (one: ImportOut) => one.state === 'reading'

/** The deliveries of a data set, newest first; asked again while one is being read. */
export const useImports = (dataset: string) =>
  useQuery({
    queryKey: importsKey(dataset),
    queryFn: ({ signal }) => api.get<ImportOut[]>(`/datasets/${dataset}/imports/`, signal),
    refetchInterval: (query) => (query.state.data?.some(isReading) ? POLL_MS : false),
  })

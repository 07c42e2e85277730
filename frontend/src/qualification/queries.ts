import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, type ApiError } from '../api/client'
import { sessionKey } from '../api/queries'
import type { Demand, Qualification, QualificationStanding } from '../api/types'

const key = (dataset: string) => ['qualification', dataset] as const
const place = (dataset: string) => `/datasets/${dataset}/qualification/`

/** What the test of a data set asks for and where the person stands. */
export const useQualification = (dataset: string) =>
  useQuery({
    queryKey: key(dataset),
    queryFn: ({ signal }) => api.get<Qualification>(place(dataset), signal),
    enabled: dataset !== '',
  })

/** Begins the test; its cases lie in a data set that the person is a member of from then on. */
export function useBeginTest(dataset: string) {
  const client = useQueryClient()
  return useMutation<QualificationStanding, ApiError, QualificationStanding['role']>({
    mutationFn: (role) => api.post<QualificationStanding>(`${place(dataset)}attempts/`, { role }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionKey })
      await client.invalidateQueries({ queryKey: key(dataset) })
    },
  })
}

export function useAskForTest(dataset: string) {
  const client = useQueryClient()
  return useMutation<Qualification, ApiError, Demand>({
    mutationFn: (demand) => api.put<Qualification>(place(dataset), demand),
    onSuccess: (found) => client.setQueryData(key(dataset), found),
  })
}

import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, type ApiError } from '../api/client'
import type { Assigned, Progress, Protocols, ProtocolSaid, ProtocolVersion, Substituted } from '../api/types'

const protocolsKey = (dataset: string) => ['protocols', dataset] as const
const readersKey = (dataset: string) => ['readers', dataset] as const

/** All versions of a data set's protocol, the newest first. */
export const useProtocols = (dataset: string) =>
  useQuery({
    queryKey: protocolsKey(dataset),
    queryFn: ({ signal }) => api.get<Protocols>(`/datasets/${dataset}/protocols/`, signal),
  })

/** How many readings each reader has; refused to whoever reads there too. */
export const useProgress = (dataset: string, enabled: boolean) =>
  useQuery({
    queryKey: readersKey(dataset),
    queryFn: ({ signal }) => api.get<Progress>(`/datasets/${dataset}/readers/`, signal),
    enabled,
  })

/** Settles once counts and versions are there anew, so that no answer stands beside old figures. */
const refreshed = (client: QueryClient, dataset: string) =>
  Promise.all([readersKey(dataset), protocolsKey(dataset)].map((queryKey) => client.invalidateQueries({ queryKey })))

export function useMakeVersion(dataset: string) {
  const client = useQueryClient()
  return useMutation<ProtocolVersion, ApiError, ProtocolSaid>({
    mutationFn: (said) => api.post<ProtocolVersion>(`/datasets/${dataset}/protocols/`, said),
    onSuccess: () => refreshed(client, dataset),
  })
}

export function useAssignOpen(dataset: string) {
  const client = useQueryClient()
  return useMutation<Assigned, ApiError, void>({
    mutationFn: () => api.post<Assigned>(`/datasets/${dataset}/readers/assign_open/`),
    onSuccess: () => refreshed(client, dataset),
  })
}

export interface Substitution {
  reader: number
  reason: string
  give_on: boolean
}

export function useSubstitute(dataset: string) {
  const client = useQueryClient()
  return useMutation<Substituted, ApiError, Substitution>({
    mutationFn: (said) => api.post<Substituted>(`/datasets/${dataset}/readers/substitute/`, said),
    onSuccess: () => refreshed(client, dataset),
  })
}

/** Lets a reader who dropped out get new cases again. */
export function useBringBack(dataset: string) {
  const client = useQueryClient()
  return useMutation<void, ApiError, number>({
    mutationFn: (reader) => api.post<void>(`/datasets/${dataset}/readers/bring_back/`, { reader }),
    onSuccess: () => refreshed(client, dataset),
  })
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, type ApiError } from '../api/client'
import type { ModelVersionOut, RoundOut, SystemOut } from '../api/types'

const POLL_MS = 3_000
const isUnderWay = (round: RoundOut) => round.state === 'queued' || round.state === 'running'

const roundsKey = (dataset: string) => ['rounds', dataset] as const

/** The rounds of a data set, newest first; asked again while one is under way. */
export const useRounds = (dataset: string) =>
  useQuery({
    queryKey: roundsKey(dataset),
    queryFn: async ({ signal }) => {
      const rounds = await api.get<RoundOut[]>(`/datasets/${dataset}/rounds/`, signal)
      return [...rounds].sort((a, b) => b.number - a.number)
    },
    refetchInterval: (query) => (query.state.data?.some(isUnderWay) ? POLL_MS : false),
  })

export const useModels = (dataset: string) =>
  useQuery({
    queryKey: ['models', dataset],
    queryFn: ({ signal }) => api.get<ModelVersionOut[]>(`/datasets/${dataset}/models/`, signal),
  })

export function useStartRound(dataset: string) {
  const client = useQueryClient()
  return useMutation<RoundOut, ApiError, void>({
    mutationFn: () => api.post<RoundOut>(`/datasets/${dataset}/rounds/`),
    onSuccess: () => void client.invalidateQueries({ queryKey: roundsKey(dataset) }),
  })
}

const systemsKey = (dataset: string) => ['systems', dataset] as const

/** The published systems with the versions a manager may choose from. */
export const useSystems = (dataset: string) =>
  useQuery({
    queryKey: systemsKey(dataset),
    queryFn: ({ signal }) => api.get<SystemOut[]>(`/datasets/${dataset}/systems/`, signal),
  })

/** Puts a version in service; what screens say of the model is asked anew. */
export function useChooseModel(dataset: string) {
  const client = useQueryClient()
  return useMutation<SystemOut[], ApiError, { model: string; reason: string }>({
    mutationFn: (choice) => api.post<SystemOut[]>(`/datasets/${dataset}/systems/`, choice),
    onSuccess: (systems) => {
      client.setQueryData(systemsKey(dataset), systems)
      void client.invalidateQueries({ queryKey: ['models', dataset] })
      void client.invalidateQueries({ queryKey: ['dataset', dataset] })
    },
  })
}

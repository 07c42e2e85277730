import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Agreement, Automation, Computing } from '../api/types'

export interface Asked {
  readonly arm: Agreement['arm']
  /** Key of a frozen report; null for the readings as they stand. */
  readonly report: number | null
}

const place = (dataset: string) => `/datasets/${dataset}/agreement`
const frozen = (report: number | null) => (report === null ? '' : `&report=${report}`)

const ASK_AGAIN_MS = 3000

/** Whether a worker still computes the report, or failed to. */
export const isComputing = (found: Agreement | Computing | undefined): found is Computing => found !== undefined && 'state' in found

/** The report on a data set's readings, or how far its computation is. */
export const useAgreement = (dataset: string, { arm, report }: Asked) =>
  useQuery({
    queryKey: ['agreement', dataset, arm, report],
    queryFn: ({ signal }) => api.get<Agreement | Computing>(`${place(dataset)}/?arm=${encodeURIComponent(arm)}${frozen(report)}`, signal),
    placeholderData: keepPreviousData,
    // A live message says when it is done; asked again all the same, should the connection be away.
    refetchInterval: ({ state: { data } }) => (isComputing(data) && data.state !== 'failed' ? ASK_AGAIN_MS : false),
  })

/** Has a report computed again whose computation failed. */
export function useComputeAgain(dataset: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<Computing | undefined>(`${place(dataset)}/`, {}),
    onSuccess: () => client.invalidateQueries({ queryKey: ['agreement', dataset] }),
  })
}

/** What the model's proposal does to readers; a reader is told of the own readings alone. */
export const useAutomation = (dataset: string, report: number | null) =>
  useQuery({
    queryKey: ['automation', dataset, report],
    queryFn: ({ signal }) => api.get<Automation>(`${place(dataset)}/automation/?${frozen(report).slice(1)}`, signal),
    placeholderData: keepPreviousData,
  })

export interface Published {
  readonly name: string
  readonly origin: string
  readonly readings: File
  readonly spacings: File
}

/** Sends published readings; their report stands beside the frozen ones. */
export function useImportPublished(dataset: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (said: Published) => {
      const body = new FormData()
      for (const [name, value] of Object.entries(said)) body.append(name, value as string | File)
      return api.post<Agreement['report']>(`${place(dataset)}/published/`, body)
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['agreement', dataset] }),
  })
}

export const FILES = ['csv', 'json', 'pdf'] as const

/** Address of the whole report as a file. */
export const fileAddress = (dataset: string, ending: (typeof FILES)[number], report: number | null) =>
  `/api${place(dataset)}.${ending}?${frozen(report).slice(1)}`

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Agreement, Automation } from '../api/types'

export interface Asked {
  readonly arm: Agreement['arm']
  /** Key of a frozen report; null for the readings as they stand. */
  readonly report: number | null
}

const place = (dataset: string) => `/datasets/${dataset}/agreement`
const frozen = (report: number | null) => (report === null ? '' : `&report=${report}`)

/** The report on a data set's readings. */
export const useAgreement = (dataset: string, { arm, report }: Asked) =>
  useQuery({
    queryKey: ['agreement', dataset, arm, report],
    queryFn: ({ signal }) => api.get<Agreement>(`${place(dataset)}/?arm=${encodeURIComponent(arm)}${frozen(report)}`, signal),
    placeholderData: keepPreviousData,
  })

/** What the model's proposal does to readers; a reader is told of the own readings alone. */
export const useAutomation = (dataset: string, report: number | null) =>
  useQuery({
    queryKey: ['automation', dataset, report],
    queryFn: ({ signal }) => api.get<Automation>(`${place(dataset)}/automation/?${frozen(report).slice(1)}`, signal),
    placeholderData: keepPreviousData,
  })

export const FILES = ['csv', 'json', 'pdf'] as const

/** Address of the whole report as a file. */
export const fileAddress = (dataset: string, ending: (typeof FILES)[number], report: number | null) =>
  `/api${place(dataset)}.${ending}?${frozen(report).slice(1)}`

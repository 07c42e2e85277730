import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Agreement } from '../api/types'

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
    queryFn: ({ signal }) => api.get<Agreement>(`${place(dataset)}/?arm=${arm}${frozen(report)}`, signal),
    placeholderData: keepPreviousData,
  })

/** Address of the whole report as a table. */
export const tableAddress = (dataset: string, report: number | null) => `/api${place(dataset)}.csv?${frozen(report).slice(1)}`

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type ApiError } from '../api/client'
import type { CaseDetail, Move } from '../api/types'

interface Given {
  move: Move
  reason?: string
  note?: string
}

/** Makes one move of a case; the lists that show it are asked again. */
export function useMove(caseId: string, dataset: string) {
  const client = useQueryClient()
  return useMutation<CaseDetail, ApiError, Given>({
    mutationFn: (given) => api.post<CaseDetail>(`/cases/${caseId}/moves/`, given),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['worklist', dataset] })
      void client.invalidateQueries({ queryKey: ['case', caseId] })
      void client.invalidateQueries({ queryKey: ['history', caseId] })
    },
  })
}

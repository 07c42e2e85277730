/** A reading and the one it amends: both are the reader's own, one of them is on screen. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client'
import type { ReadingOut } from '../api/types'

export type Versions = ReturnType<typeof useVersions>

export function useVersions(caseId: string, present: ReadingOut | undefined) {
  const queries = useQueryClient()
  const [former, setFormer] = useState<string | null>(null)
  const old = useQuery({
    queryKey: ['reading', caseId, former],
    queryFn: ({ signal }) => api.get<ReadingOut>(`/readings/${former}/`, signal),
    enabled: former !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const take = async (fresh: ReadingOut) => {
    queries.setQueryData(['reading', caseId], fresh)
    await queries.invalidateQueries({ queryKey: ['case', caseId] })
  }
  return {
    /** The amended reading while it is looked at; null while the present one is. */
    former: former === null ? null : (old.data ?? null),
    amend: async (reason: string) =>
      take(await api.post<ReadingOut>(`/readings/${present?.id}/amend/`, { reason })),
    leave: async () => take(await api.post<ReadingOut>(`/readings/${present?.id}/withdraw/`)),
    showFormer: () => setFormer(present?.amends ?? null),
    showPresent: () => setFormer(null),
  }
}

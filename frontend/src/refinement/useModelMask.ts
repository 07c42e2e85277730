import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { fetchMask } from '../bridge'
import type { SpineView } from '../viewer'

const KEPT_MS = 60_000

/** Gives the viewer's tools the mask that people began with: the model's, or the imported one. */
export function useModelMask(caseId: string, view: SpineView): void {
  const client = useQueryClient()
  useEffect(() => {
    view.toolbox.bringModel = async () => {
      const mask = await client.fetchQuery({
        queryKey: ['mask', caseId, 'start'],
        queryFn: ({ signal }) => fetchMask(caseId, { revision: 'start', signal }),
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: KEPT_MS,
        retry: false,
      })
      return mask.labels
    }
    return () => {
      view.toolbox.bringModel = null
    }
  }, [caseId, view, client])
}

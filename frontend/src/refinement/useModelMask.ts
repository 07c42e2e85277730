import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { fetchMask, type MaskHome } from '../bridge'
import type { SpineView } from '../viewer'

const KEPT_MS = 60_000

/** Gives the viewer's tools the mask that people began with: the model's, or the imported one. */
export function useModelMask(home: MaskHome, view: SpineView): void {
  const client = useQueryClient()
  useEffect(() => {
    view.toolbox.bringModel = async () => {
      const mask = await client.fetchQuery({
        queryKey: ['mask', home, 'start'],
        queryFn: ({ signal }) => fetchMask(home, { revision: 'start', signal }),
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: KEPT_MS,
        retry: false,
      })
      return mask.labels
    }
    return () => {
      view.toolbox.bringModel = null
    }
  }, [home, view, client])
}

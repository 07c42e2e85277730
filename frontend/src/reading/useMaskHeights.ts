import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import type { MaskHeights } from '../api/types'
import type { Heights } from '../domain/genant'

export interface InMask {
  /** False while a worker has not measured the newest mask. */
  readonly isMeasured: boolean
  readonly heights: ReadonlyMap<number, Heights>
}

const NONE: InMask = { isMeasured: false, heights: new Map() }

/** Heights of the bodies in the mask; its key begins with the case's, so a finished job renews it. */
export function useMaskHeights(caseId: string): InMask {
  const found = useQuery({
    queryKey: ['case', caseId, 'mask_heights'],
    queryFn: ({ signal }) => api.get<MaskHeights>(`/cases/${caseId}/mask_heights/`, signal),
    select: ({ is_measured, bodies }): InMask => ({
      isMeasured: is_measured,
      heights: new Map(
        bodies.flatMap((body) => (body.heights_mm ? [[body.number, body.heights_mm as Heights] as const] : [])),
      ),
    }),
  })
  return found.data ?? NONE
}

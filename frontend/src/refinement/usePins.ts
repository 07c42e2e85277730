/** Pins of a case: remarks and questions at a spot, of those who refine and check it. */
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Pin } from '../api/types'
import type { Vec3 } from '../domain/geometry'
import type { Pin as Mark, SpineView } from '../viewer'

export interface NewPin {
  readonly at_mm: Vec3
  readonly number: number | null
  readonly kind: Pin['kind']
  readonly text: string
}

export function usePins(caseId: string) {
  const client = useQueryClient()
  const key = ['pins', caseId]
  const found = useQuery({ queryKey: key, queryFn: ({ signal }) => api.get<Pin[]>(`/cases/${caseId}/pins/`, signal) })
  const onError = (failure: Error) => notifications.show({ message: failure.message, color: 'yellow' })
  const onSuccess = () => client.invalidateQueries({ queryKey: key })
  const drop = useMutation({ mutationFn: (pin: NewPin) => api.post<Pin>(`/cases/${caseId}/pins/`, pin), onSuccess, onError })
  const resolve = useMutation({
    mutationFn: ({ id, resolved }: { id: string; resolved: boolean }) => api.patch<Pin>(`/cases/${caseId}/pins/${id}/`, { resolved }),
    onSuccess,
    onError,
  })
  const pins = found.data ?? []
  return { pins, open: pins.filter((pin) => !pin.resolved_at), isLoaded: found.isSuccess, drop: drop.mutateAsync, resolve: resolve.mutate }
}

export type Pins = ReturnType<typeof usePins>

/** Where a pin goes: under the mouse, else where the crosshair is; with the vertebra there, or in hand. */
export function spotOf(view: SpineView): { at_mm: Vec3; number: number | null } {
  const { cursor, focusMm, active } = view.state.getState()
  const at_mm = cursor?.mm ?? focusMm
  const under = view.voxelAt(at_mm)?.number ?? 0
  return { at_mm, number: under || active || null }
}

const placeOf = (at: readonly number[]): Vec3 => [at[0] ?? 0, at[1] ?? 0, at[2] ?? 0]

/** Open pins as marks in the picture, lettered so that they are not taken for problems. */
export const marksOf = (pins: readonly Pin[]): Mark[] =>
  pins.map((pin, at) => ({ id: pin.id, mm: placeOf(pin.at_mm), text: pin.text, tone: 'note', sign: letterOfPin(at) }))

export const letterOfPin = (at: number): string => String.fromCharCode(65 + (at % 26))

export function visitPin(view: SpineView, pin: Pin): void {
  if (pin.number) view.setActive(pin.number)
  view.flyTo(placeOf(pin.at_mm))
}

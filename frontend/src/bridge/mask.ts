/** A case's label map and where it stands. */
import { getBytes, send } from '../api/client'
import type { Acknowledgement } from './outbox'
import { decodeRuns, type LabelRuns } from './runs'

export interface Mask extends LabelRuns {
  readonly revision: number
  readonly lastSequence: number
}

/** Fetches the main track as it is now, or as it was when people began with it. */
export async function fetchMask(caseId: string, options: { revision?: 'start'; signal?: AbortSignal } = {}): Promise<Mask> {
  const which = options.revision === undefined ? '' : `&revision=${options.revision}`
  const response = await getBytes(`/api/cases/${caseId}/mask/?track=main${which}`, options.signal)
  const runs = await decodeRuns(await response.blob())
  return {
    ...runs,
    revision: Number(response.headers.get('X-Lamina-Revision') ?? 0),
    lastSequence: Number(response.headers.get('X-Lamina-Last-Sequence') ?? 0),
  }
}

/** Sends one `lamina.stroke/1`; returns when the server has it safely. */
export async function sendStroke(caseId: string, bytes: Uint8Array<ArrayBuffer>): Promise<Acknowledgement> {
  const response = await send('POST', `/api/cases/${caseId}/strokes/`, { body: bytes })
  return (await response.json()) as Acknowledgement
}

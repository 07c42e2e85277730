/** A case's label map and where it stands. */
import { getBytes, send } from '../api/client'
import type { Acknowledgement } from './outbox'
import { decodeRuns, encodeRuns, type LabelRuns } from './runs'
import { decodeStroke, type Stroke } from './stroke'

/** Where a mask lies on the server: that of a case, or a reader's own below their reading. */
export type MaskHome = `cases/${string}` | `readings/${string}`

export interface Mask extends LabelRuns {
  readonly revision: number
  readonly lastSequence: number
  /** Level of each vertebra number as the case has it now; null has none. */
  readonly levels: ReadonlyMap<number, string | null>
  /** The number that a new vertebra gets. */
  readonly nextNumber: number
}

/** Reads `1=T12,2=L1,3=`. */
const levelsIn = (line: string): Map<number, string | null> =>
  new Map(line.split(',').filter(Boolean).map((one) => {
    const [number, level] = one.split('=')
    return [Number(number), level || null]
  }))

/** Fetches a mask as it is now, as people began with it, or as it was last submitted. */
export function fetchMask(home: MaskHome, options: { revision?: 'start' | 'submitted'; signal?: AbortSignal } = {}): Promise<Mask> {
  const which = options.revision === undefined ? '' : `&revision=${options.revision}`
  return maskAt(`/api/${home}/mask/?track=main${which}`, options.signal)
}

/** Fetches a mask as it was after an act; 0 is the start. */
export const fetchMoment = (home: MaskHome, sequence: number): Promise<Mask> => maskAt(`/api/${home}/acts/${sequence}/mask/`)

/** Fetches a revision of a mask by its number. */
export const fetchRevision = (home: MaskHome, number: number): Promise<Mask> => maskAt(`/api/${home}/mask/?track=main&revision=${number}`)

/** Fetches a version that lost a race. */
export const fetchVersion = (home: MaskHome, id: number): Promise<Mask> => maskAt(`/api/${home}/versions/${id}/`)

async function maskAt(url: string, signal?: AbortSignal): Promise<Mask> {
  const response = await getBytes(url, signal)
  const runs = await decodeRuns(await response.blob())
  return {
    ...runs,
    revision: Number(response.headers.get('X-Lamina-Revision') ?? 0),
    lastSequence: Number(response.headers.get('X-Lamina-Last-Sequence') ?? 0),
    levels: levelsIn(response.headers.get('X-Lamina-Levels') ?? ''),
    nextNumber: Number(response.headers.get('X-Lamina-Next-Number') ?? 1),
  }
}

/** Keeps a whole mask that cannot follow on what the server has beside it; returns when the server has it safely. */
export async function keepVersion(home: MaskHome, version: LabelRuns & Pick<Mask, 'levels'>, base: number): Promise<void> {
  const line = [...version.levels].map(([number, level]) => `${number}=${level ?? ''}`).join(',')
  const query = new URLSearchParams({ base: String(base), levels: line })
  await send('POST', `/api/${home}/versions/?${query}`, { body: await encodeRuns(version) })
}

/** Fetches one vertebra in the masks of a disagreement: 1 where A paints it, 2 where B does, 4 more where they differ. */
export async function fetchBothMasks(disagreement: string, signal?: AbortSignal): Promise<LabelRuns> {
  return decodeRuns(await (await getBytes(`/api/disagreements/${disagreement}/masks/`, signal)).blob())
}

/** Fetches one act of the log. */
export async function fetchAct(home: MaskHome, sequence: number, signal?: AbortSignal): Promise<Stroke> {
  const response = await getBytes(`/api/${home}/acts/${sequence}/`, signal)
  return decodeStroke(new Uint8Array(await response.arrayBuffer()))
}

/** A line that swallows what is sent is tried again after this long. */
const LONGEST_SEND_MS = 20_000

/** Sends one `lamina.stroke/2`, or a waiting `/1`; returns when the server has it safely. */
export async function sendStroke(home: MaskHome, bytes: Uint8Array<ArrayBuffer>): Promise<Acknowledgement> {
  const response = await send('POST', `/api/${home}/strokes/`, { body: bytes, signal: AbortSignal.timeout(LONGEST_SEND_MS) })
  return (await response.json()) as Acknowledgement
}

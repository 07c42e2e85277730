import { useState } from 'react'
import type { CaseDetail, VolumeMeta } from '../api/types'
import { type PicturePlane, POINT_NAMES, pointOf, type SixPoints, type Vec3 } from '../viewer/sixPoints/plane'
import { useSagittal, useStraightened } from '../viewer/sixPoints/pictures'
import { sliceThrough } from '../viewer/sixPoints/sagittalPlane'
import type { Desk } from './useDesk'

export interface LargePicture {
  readonly plane: PicturePlane | null
  /** Sagittal slice on show; null on the straightened spine. */
  readonly k: number | null
  readonly isLoading: boolean
  readonly error: string | null
  readonly leaf: (steps: number) => void
  /** Slices of the volume. */
  readonly count: number
}

export interface Pictures {
  readonly strip: PicturePlane | null
  readonly large: LargePicture
}

const allPoints = (points: SixPoints): Vec3[] => POINT_NAMES.map((name) => pointOf(points, name))

/** Which pictures the screen shows: the straightened spine, or the slice through the vertebra. */
export function usePictures(
  detail: CaseDetail,
  meta: VolumeMeta | undefined,
  desk: Desk,
  wantsSagittal: boolean,
): Pictures {
  const url = detail.proposal?.straightened_url ?? null
  const straight = useStraightened(url)
  const centres = detail.vertebrae.flatMap((vertebra) => (vertebra.centroid_mm ? [vertebra.centroid_mm] : []))
  const isSagittal = wantsSagittal || url === null || straight.isError
  const own = useOwnSlice(detail, meta, desk)
  const slice = useSagittal(meta, isSagittal && own.k !== null ? own.k : null)
  const middle = useSagittal(meta, isSagittal && !straight.data && meta ? sliceThrough(meta, centres) : null)
  const plane = isSagittal ? (slice.data ?? null) : (straight.data ?? null)
  const failure = isSagittal ? slice.error : null
  return {
    strip: straight.data ?? middle.data ?? null,
    large: {
      plane,
      k: isSagittal ? own.k : null,
      isLoading: plane === null && failure === null,
      error: failure?.message ?? null,
      leaf: own.leaf,
      count: meta?.dims[2] ?? 0,
    },
  }
}

/** The slice through the active vertebra, and leafing away from it until another one is chosen. */
function useOwnSlice(detail: CaseDetail, meta: VolumeMeta | undefined, desk: Desk) {
  const [leafed, setLeafed] = useState<{ number: number; steps: number } | null>(null)
  const { active } = desk
  if (meta === undefined || active === null) return { k: null, leaf: () => undefined }
  const centre = detail.vertebrae.find((vertebra) => vertebra.number === active.number)?.centroid_mm
  const points = active.six_points_mm ? allPoints(active.six_points_mm) : centre ? [centre] : []
  const through = sliceThrough(meta, points)
  const { number } = active
  const awayOf = (from: typeof leafed) => (from?.number === number ? from.steps : 0)
  const held = (steps: number) => Math.min(Math.max(steps, -through), meta.dims[2] - 1 - through)
  return {
    k: through + held(awayOf(leafed)),
    leaf: (steps: number) => setLeafed((before) => ({ number, steps: held(awayOf(before) + steps) })),
  }
}

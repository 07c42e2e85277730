/** Vertebrae whose size does not fit their neighbours': a mask that leaks, or lacks a part. */
import { compareLevels } from './vertebrae'

export interface Sized {
  readonly level: string | null
  readonly voxels: number
  /** Not whole in the image: no measure for itself or others. */
  readonly isPartial: boolean
}

/** Beyond these shares of its neighbours' mean a vertebra is worth a look. */
export const SMALL_SHARE = 0.6
export const LARGE_SHARE = 1.6

/**
 * Share of the mean of both neighbours, by number, where it lies outside the usual: healthy neighbours
 * differ by less than a third. Sacrum and coccyx, and vertebrae at an end of the row, are left out.
 */
export function sizeOutliers(bones: ReadonlyMap<number, Sized>): Map<number, number> {
  const row = [...bones].filter(([, bone]) => bone.level !== null && bone.voxels > 0)
  row.sort(([, a], [, b]) => compareLevels(a.level, b.level))
  const outliers = new Map<number, number>()
  row.forEach(([number, bone], at) => {
    const sides = [row[at - 1]?.[1], row[at + 1]?.[1]]
    if (isOut(bone) || sides.some((side) => side === undefined || isOut(side))) return
    const share = (2 * bone.voxels) / sides.reduce((sum, side) => sum + (side?.voxels ?? 0), 0)
    if (share < SMALL_SHARE || share > LARGE_SHARE) outliers.set(number, share)
  })
  return outliers
}

const isOut = (bone: Sized): boolean => bone.isPartial || bone.level === 'S1' || bone.level === 'Co' || bone.level === 'C1' || bone.level === 'C2'

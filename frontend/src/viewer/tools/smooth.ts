/** Smoothing of a level's surface. */
import type { Vec3 } from '../../domain/geometry'
import { AXES, type Axis, type Outcome, refuse, strides, type ToolInput } from './input'

/** The kernel reaches this many standard deviations, rounded up to whole voxels. */
export const REACH = 3

/**
 * Blurs the level in hand with a Gaussian and keeps what is then at least half full. Only empty voxels
 * are added: no voxel of another level changes, locked or not. Beyond the border of the volume the
 * level is taken to go on as it is there.
 *
 * @param options.sigmaMm standard deviation in millimetres.
 */
export function smooth(input: ToolInput, { sigmaMm }: { sigmaMm: number }): Outcome {
  const { grid: { dims, spacingMm }, labels, active } = input
  let filled: Float32Array = Float32Array.from(labels, (value) => (value === active ? 1 : 0))
  for (const axis of AXES) filled = blurredAlong(filled, dims, axis, kernelOf(sigmaMm / spacingMm[axis]))
  let changed = 0
  const after = labels.map((value, index) => {
    if (value !== 0 && value !== active) return value
    const next = (filled[index] as number) >= 0.5 ? active : 0
    if (next !== value) changed++
    return next
  })
  return changed > 0 ? after : refuse('nothing')
}

/** Weights from the middle outwards; together (both sides) they make 1. */
function kernelOf(sigma: number): Float64Array {
  const reach = Math.ceil(REACH * sigma)
  const weights = Float64Array.from({ length: reach + 1 }, (_, at) => Math.exp(-0.5 * (at / sigma) ** 2))
  const sum = weights.reduce((total, weight, at) => total + (at === 0 ? weight : 2 * weight), 0)
  return weights.map((weight) => weight / sum)
}

function blurredAlong(values: Float32Array, dims: Vec3, axis: Axis, kernel: Float64Array): Float32Array {
  const step = strides(dims)[axis]
  const last = dims[axis] - 1
  const blurred = new Float32Array(values.length)
  for (let index = 0; index < values.length; index++) {
    const at = Math.floor(index / step) % dims[axis]
    let sum = (kernel[0] as number) * (values[index] as number)
    for (let away = 1; away < kernel.length; away++) {
      const before = values[index + (Math.max(0, at - away) - at) * step] as number
      const behind = values[index + (Math.min(last, at + away) - at) * step] as number
      sum += (kernel[away] as number) * (before + behind)
    }
    blurred[index] = sum
  }
  return blurred
}

/**
 * `lamina.runs/1`: a whole label map as run lengths, in one gzip member. Little endian: name (16
 * bytes), u32 ni, nj, nk, number of runs, then u32 lengths and u8 values. Runs follow the flat index
 * i + ni * (j + nj * k).
 */
import type { Vec3 } from '../domain/geometry'
import { deflate, inflate, newFormat, openFormat, readBytes, readU32, readU32s, UnknownFormat, writeU32 } from './packing'

const NAME = 'lamina.runs/1'
const MAX_VOXELS = 2 ** 31

export interface LabelRuns {
  readonly dims: Vec3
  /** One vertebra number (0: none) per voxel, by flat index. */
  readonly labels: Uint8Array<ArrayBuffer>
}

/** Reads an inflated label map; throws `UnknownFormat` for anything else. */
export function parseRuns(bytes: Uint8Array<ArrayBuffer>): LabelRuns {
  const reader = openFormat(bytes, NAME, 16)
  const dims: Vec3 = [readU32(reader), readU32(reader), readU32(reader)]
  const n = readU32(reader)
  if (bytes.length !== reader.offset + 5 * n) throw new UnknownFormat(`${NAME}: ${n} runs do not fill ${bytes.length} bytes.`)
  const lengths = readU32s(reader, n)
  const values = readBytes(reader, n)
  const nVoxels = dims[0] * dims[1] * dims[2]
  let filled = 0
  for (const length of lengths) filled += length
  if (nVoxels < 1 || nVoxels > MAX_VOXELS || filled !== nVoxels)
    throw new UnknownFormat(`${NAME}: the runs do not fill ${dims.join(' x ')} voxels.`)
  return { dims, labels: unrolled(lengths, values, nVoxels) }
}

function unrolled(lengths: Uint32Array, values: Uint8Array, nVoxels: number): Uint8Array<ArrayBuffer> {
  const labels = new Uint8Array(nVoxels)
  let start = 0
  for (let run = 0; run < lengths.length; run++) {
    const end = start + (lengths[run] as number)
    if (values[run]) labels.fill(values[run] as number, start, end)
    start = end
  }
  return labels
}

/** Reads a label map as it is sent: gzip'ed. */
export async function decodeRuns(content: Blob | Uint8Array<ArrayBuffer>): Promise<LabelRuns> {
  return parseRuns(await inflate(content))
}

/** Writes a label map as it is sent: gzip'ed. */
export async function encodeRuns({ dims, labels }: LabelRuns): Promise<Uint8Array<ArrayBuffer>> {
  const lengths: number[] = []
  const values: number[] = []
  for (let start = 0, end = 0; start < labels.length; start = end) {
    const value = labels[start] as number
    while (end < labels.length && labels[end] === value) end++
    lengths.push(end - start)
    values.push(value)
  }
  const writer = newFormat(NAME, 16 + 5 * lengths.length)
  for (const number of [...dims, lengths.length]) writeU32(writer, number)
  for (const length of lengths) writeU32(writer, length)
  writer.bytes.set(values, writer.offset)
  return deflate(writer.bytes)
}

/**
 * `lamina.stroke/1`: one stroke as the run-length difference of a label map. Little endian: name
 * (16 bytes), stroke id (UUID, 16 bytes as written), u32 sequence, u32 base revision, u8 tool, u8
 * track, u16 0, u32 number of runs, then all u32 starts, u32 lengths, u8 old values, u8 new values.
 */
import { newFormat, openFormat, readBytes, readU32, readU32s, type Reader, UnknownFormat, writeU32 } from './packing'

const NAME = 'lamina.stroke/1'

export const Tool = { brush: 1, eraser: 2, undo: 3, redo: 4, other: 5 } as const
export type Tool = (typeof Tool)[keyof typeof Tool]

/** What changes: runs of voxels by flat index, sorted, apart, with the value before and after. */
export interface Runs {
  readonly starts: Uint32Array
  readonly lengths: Uint32Array
  readonly old: Uint8Array
  readonly new: Uint8Array
}

export interface Heading {
  /** UUID; the same id twice is the same stroke. */
  readonly id: string
  /** From 1, counted per case and track. */
  readonly sequence: number
  readonly baseRevision: number
  readonly tool: Tool
  /** 0 is the main track. */
  readonly track: number
}

export interface Stroke extends Heading {
  readonly runs: Runs
}

/** The label map does not hold the values that a stroke says it replaces. */
export class BaseMismatch extends Error {
  constructor(readonly nVoxels: number) {
    super(`${nVoxels} voxels differ from what the stroke replaces.`)
    this.name = 'BaseMismatch'
  }
}

/** A UUID of random bits; works without a secure context, as on a plain http address. */
export function newStrokeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return uuidOf(bytes)
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

const bytesOfUuid = (id: string) =>
  Uint8Array.from(id.replaceAll('-', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

export function encodeStroke(stroke: Stroke): Uint8Array<ArrayBuffer> {
  const n = stroke.runs.starts.length
  const writer = newFormat(NAME, 32 + 10 * n)
  writer.bytes.set(bytesOfUuid(stroke.id), writer.offset)
  writer.offset += 16
  writeU32(writer, stroke.sequence)
  writeU32(writer, stroke.baseRevision)
  writer.bytes[writer.offset] = stroke.tool
  writer.bytes[writer.offset + 1] = stroke.track
  writer.offset += 4
  writeU32(writer, n)
  for (const start of stroke.runs.starts) writeU32(writer, start)
  for (const length of stroke.runs.lengths) writeU32(writer, length)
  writer.bytes.set(stroke.runs.old, writer.offset)
  writer.bytes.set(stroke.runs.new, writer.offset + n)
  return writer.bytes
}

/** Reads a stroke; throws `UnknownFormat` unless it is whole and in order. */
export function decodeStroke(bytes: Uint8Array<ArrayBuffer>): Stroke {
  const reader = openFormat(bytes, NAME, 32)
  const id = uuidOf(readBytes(reader, 16))
  const sequence = readU32(reader)
  const baseRevision = readU32(reader)
  const [tool, track, low, high] = readBytes(reader, 4)
  const n = readU32(reader)
  if (!tool || tool > 5 || low || high || sequence < 1)
    throw new UnknownFormat(`${NAME}: tool ${tool}, sequence ${sequence} is not known.`)
  if (bytes.length !== reader.offset + 10 * n)
    throw new UnknownFormat(`${NAME}: ${n} runs do not fill ${bytes.length} bytes.`)
  return { id, sequence, baseRevision, tool: tool as Tool, track: track as number, runs: readRuns(reader, n) }
}

function readRuns(reader: Reader, n: number): Runs {
  const runs = {
    starts: readU32s(reader, n),
    lengths: readU32s(reader, n),
    old: readBytes(reader, n),
    new: readBytes(reader, n),
  }
  let end = 0
  for (let run = 0; run < n; run++) {
    const start = runs.starts[run] as number
    const length = runs.lengths[run] as number
    if (length < 1 || start < end) throw new UnknownFormat(`${NAME}: runs are empty, overlap or are not in order.`)
    if (runs.old[run] === runs.new[run]) throw new UnknownFormat(`${NAME}: a run changes nothing.`)
    end = start + length
  }
  return runs
}

/** The runs that take these back. */
export const inverse = (runs: Runs): Runs => ({ ...runs, old: runs.new, new: runs.old })

export function voxelsIn(runs: Runs): number {
  let sum = 0
  for (const length of runs.lengths) sum += length
  return sum
}

/**
 * Changes a label map in place, by flat index; it is unchanged if anything is wrong. Throws
 * `UnknownFormat` where a run reaches beyond the map and `BaseMismatch` where an old value differs.
 */
export function applyRuns(labels: Uint8Array, runs: Runs): void {
  let wrong = 0
  each(runs, (start, end, old) => {
    if (end > labels.length) throw new UnknownFormat(`${NAME}: a run reaches beyond the map.`)
    for (let index = start; index < end; index++) if (labels[index] !== old) wrong++
  })
  if (wrong > 0) throw new BaseMismatch(wrong)
  each(runs, (start, end, _old, value) => labels.fill(value, start, end))
}

function each(runs: Runs, act: (start: number, end: number, old: number, value: number) => void): void {
  for (let run = 0; run < runs.starts.length; run++) {
    const start = runs.starts[run] as number
    act(start, start + (runs.lengths[run] as number), runs.old[run] as number, runs.new[run] as number)
  }
}

/**
 * Runs from the first old value of each touched voxel; voxels that hold their old value again are
 * left out.
 *
 * @param before old value by flat index, of every voxel that may have changed.
 * @param labels the map as it is now.
 */
export function runsFrom(before: ReadonlyMap<number, number>, labels: Uint8Array): Runs {
  const changed = Uint32Array.from(before.keys()).filter((index) => labels[index] !== before.get(index)).sort()
  const starts: number[] = []
  const lengths: number[] = []
  const old: number[] = []
  const now: number[] = []
  for (const index of changed) {
    const last = starts.length - 1
    const [was, is] = [before.get(index) as number, labels[index] as number]
    const follows = last >= 0 && (starts[last] as number) + (lengths[last] as number) === index
    if (follows && old[last] === was && now[last] === is) lengths[last] = (lengths[last] as number) + 1
    else {
      starts.push(index)
      lengths.push(1)
      old.push(was)
      now.push(is)
    }
  }
  return { starts: Uint32Array.from(starts), lengths: Uint32Array.from(lengths), old: Uint8Array.from(old), new: Uint8Array.from(now) }
}

/** Writes the new values of a stroke onto a map that has moved on; returns the runs that did it. */
export function layOnTop(labels: Uint8Array, runs: Runs): Runs {
  const before = new Map<number, number>()
  each(runs, (start, end, _old, value) => {
    for (let index = start; index < end; index++) {
      before.set(index, labels[index] as number)
      labels[index] = value
    }
  })
  return runsFrom(before, labels)
}

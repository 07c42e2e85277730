/**
 * `lamina.stroke/2`: one act on a mask, as the run-length difference of the label map and the levels it
 * changes. Little endian: name (16 bytes), stroke id (UUID, 16 bytes as written), u32 sequence, u32 base
 * revision, u8 tool, u8 track, u16 number of the vertebra it was for (0 none), u32 number of runs, u32
 * number of level changes, then all u32 starts, u32 lengths, u8 old values, u8 new values, then for each
 * level change u8 number, u8 old, u8 new: 1 + place in `LEVELS`, 0 for no level. `lamina.stroke/1` of
 * older journals and rows is read too: it has neither number nor level changes.
 */
import { LEVELS } from '../domain/vertebrae'
import { isNamed, newFormat, openFormat, readBytes, readU32, readU32s, type Reader, UnknownFormat, writeU32 } from './packing'

const NAME = 'lamina.stroke/2'
const OLD_NAME = 'lamina.stroke/1'

export const Tool = {
  brush: 1, eraser: 2, undo: 3, redo: 4, other: 5, adaptive: 6, scissors: 7, fill: 8, islands: 9, holes: 10,
  smooth: 11, interpolate: 12, split: 13, merge: 14, absorb: 15, grow: 16, shrink: 17, modelMask: 18, clear: 19,
  shift: 20, insert: 21, swap: 22, relabel: 23, add: 24, restore: 25, keepMine: 26, cut: 27,
} as const
export type Tool = (typeof Tool)[keyof typeof Tool]
const LAST_TOOL = Tool.cut

/** What changes: runs of voxels by flat index, sorted, apart, with the value before and after. */
export interface Runs {
  readonly starts: Uint32Array
  readonly lengths: Uint32Array
  readonly old: Uint8Array
  readonly new: Uint8Array
}

/** Which level a vertebra number was and becomes; null is no level. */
export interface LevelChange {
  readonly number: number
  readonly from: string | null
  readonly to: string | null
}

/** Everything that changes mask or levels: one step of undo, one message, one row on the server. */
export interface Act {
  readonly tool: Tool
  /** Vertebra the act was for; 0 for none. */
  readonly number: number
  readonly runs: Runs
  /** By ascending number, one per number. */
  readonly levels: readonly LevelChange[]
}

export interface Heading {
  /** UUID; the same id twice is the same stroke. */
  readonly id: string
  /** From 1, counted per case and track. */
  readonly sequence: number
  readonly baseRevision: number
  /** 0 is the main track. */
  readonly track: number
}

export interface Stroke extends Heading, Act {}

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
  refuseLevelDisorder(stroke.levels)
  const n = stroke.runs.starts.length
  const writer = newFormat(NAME, 36 + 10 * n + 3 * stroke.levels.length)
  writer.bytes.set(bytesOfUuid(stroke.id), writer.offset)
  writer.offset += 16
  writeU32(writer, stroke.sequence)
  writeU32(writer, stroke.baseRevision)
  writer.bytes.set([stroke.tool, stroke.track, stroke.number], writer.offset)
  writer.offset += 4
  writeU32(writer, n)
  writeU32(writer, stroke.levels.length)
  for (const start of stroke.runs.starts) writeU32(writer, start)
  for (const length of stroke.runs.lengths) writeU32(writer, length)
  writer.bytes.set(stroke.runs.old, writer.offset)
  writer.bytes.set(stroke.runs.new, writer.offset + n)
  writer.bytes.set(stroke.levels.flatMap(({ number, from, to }) => [number, codeOf(from), codeOf(to)]), writer.offset + 2 * n)
  return writer.bytes
}

/** Reads a stroke of either version; throws `UnknownFormat` unless it is whole and in order. */
export function decodeStroke(bytes: Uint8Array<ArrayBuffer>): Stroke {
  const isOld = isNamed(bytes, OLD_NAME)
  const reader = openFormat(bytes, isOld ? OLD_NAME : NAME, isOld ? 32 : 36)
  const id = uuidOf(readBytes(reader, 16))
  const sequence = readU32(reader)
  const baseRevision = readU32(reader)
  const [tool, track, number, high] = readBytes(reader, 4) as unknown as [number, number, number, number]
  const n = readU32(reader)
  const nLevels = isOld ? 0 : readU32(reader)
  if (tool < 1 || tool > LAST_TOOL || high > 0 || (isOld && number > 0) || sequence < 1)
    throw new UnknownFormat(`${NAME}: tool ${tool}, sequence ${sequence}, number ${number + 256 * high} is not known.`)
  if (bytes.length !== reader.offset + 10 * n + 3 * nLevels)
    throw new UnknownFormat(`${NAME}: ${n} runs and ${nLevels} levels do not fill ${bytes.length} bytes.`)
  const runs = readRuns(reader, n)
  return { id, sequence, baseRevision, tool: tool as Tool, track, number, runs, levels: readLevels(reader, nLevels) }
}

function readLevels(reader: Reader, n: number): LevelChange[] {
  const codes = readBytes(reader, 3 * n)
  const levels = Array.from({ length: n }, (_, at): LevelChange => ({
    number: codes[3 * at] as number, from: levelOf(codes[3 * at + 1] as number), to: levelOf(codes[3 * at + 2] as number),
  }))
  refuseLevelDisorder(levels)
  return levels
}

function levelOf(code: number): string | null {
  if (code > LEVELS.length) throw new UnknownFormat(`${NAME}: ${code} stands for no level.`)
  return LEVELS[code - 1] ?? null
}

function codeOf(level: string | null): number {
  const place = level === null ? -1 : LEVELS.indexOf(level)
  if (level !== null && place < 0) throw new UnknownFormat(`${NAME}: "${level}" is no level.`)
  return place + 1
}

function refuseLevelDisorder(levels: readonly LevelChange[]): void {
  let last = 0
  for (const { number, from, to } of levels) {
    if (number <= last || number > 255) throw new UnknownFormat(`${NAME}: level changes are out of order, doubled or for number ${number}.`)
    if (from === to) throw new UnknownFormat(`${NAME}: a level change changes nothing.`)
    last = number
  }
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

/** Runs that change nothing: of an act that only changes levels. */
export const NO_RUNS: Runs = { starts: new Uint32Array(), lengths: new Uint32Array(), old: new Uint8Array(), new: new Uint8Array() }

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

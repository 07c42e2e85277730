import { expect, test } from 'vitest'
import runs from '../../../tests/golden/runs.json'
import strokes from '../../../tests/golden/strokes.json'
import { inflate, UnknownFormat } from './packing'
import { decodeRuns, encodeRuns } from './runs'
import { applyRuns, BaseMismatch, decodeStroke, encodeStroke, inverse, layOnTop, newStrokeId, runsFrom, Tool } from './stroke'

const fromBase64 = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'))
const fromHex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test.each(runs.cases)('a label map of the server is read: $name', async (golden) => {
  const read = await decodeRuns(fromBase64(golden.gzip_base64))
  expect(read.dims).toEqual(golden.dims)
  expect(Buffer.from(read.labels).toString('base64')).toBe(golden.labels_base64)
})

test.each(runs.refused)('a wrong label map is refused: $name', async (golden) => {
  await expect(decodeRuns(fromBase64(golden.gzip_base64))).rejects.toThrow(UnknownFormat)
})

test.each(strokes.cases)('a stroke reads, writes, applies and is found alike: $name', (golden) => {
  const stroke = decodeStroke(fromHex(golden.hex))
  const { decoded } = golden
  expect([stroke.id, stroke.sequence, stroke.baseRevision, stroke.tool, stroke.track, stroke.number]).toEqual([
    decoded.id, decoded.sequence, decoded.base_revision, decoded.tool, decoded.track, decoded.number,
  ])
  expect(stroke.levels.map(({ number, from, to }) => [number, from, to])).toEqual(decoded.levels)
  expect(hexOf(encodeStroke(stroke))).toBe(golden.hex)
  const before = fromBase64(golden.before_base64)
  const labels = before.slice()
  applyRuns(labels, stroke.runs)
  expect(Buffer.from(labels).toString('base64')).toBe(golden.after_base64)
  const touched = new Map(Array.from(before, (value, index) => [index, value]))
  expect(hexOf(encodeStroke({ ...stroke, runs: runsFrom(touched, labels) }))).toBe(golden.hex)
  applyRuns(labels, inverse(stroke.runs))
  expect(labels).toEqual(before)
})

test.each(strokes.cases.filter(({ hex_1 }) => hex_1 !== null))('a stroke of the first version is read and written as the second: $name', (golden) => {
  expect(hexOf(encodeStroke(decodeStroke(fromHex(golden.hex_1 as string))))).toBe(golden.hex)
})

test.each(strokes.refused)('a wrong stroke is refused: $name', (golden) => {
  expect(() => decodeStroke(fromHex(golden.hex))).toThrow(UnknownFormat)
})

test('a stroke on another base changes nothing and says how many voxels differ', () => {
  const labels = Uint8Array.from([0, 2, 2, 0])
  const paint = runsFrom(new Map([[0, 0], [1, 0]]), Uint8Array.from([1, 1, 0, 0]))
  expect(() => applyRuns(labels, paint)).toThrow(BaseMismatch)
  expect([...labels]).toEqual([0, 2, 2, 0])
})

test('stroke ids are UUIDs of version 4 and survive the bytes', () => {
  const id = newStrokeId()
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const stroke = { id, sequence: 1, baseRevision: 0, tool: Tool.brush, track: 0, number: 0, levels: [], runs: runsFrom(new Map([[0, 0]]), Uint8Array.of(3)) }
  expect(decodeStroke(encodeStroke(stroke)).id).toBe(id)
})

test('a stroke laid on top of a map that moved on replaces what it finds there', () => {
  const mine = runsFrom(new Map([[1, 0], [2, 0], [3, 0]]), Uint8Array.from([0, 7, 7, 7, 0]))
  const theirs = Uint8Array.from([0, 0, 4, 7, 0])
  const made = layOnTop(theirs, mine)
  expect([...theirs]).toEqual([0, 7, 7, 7, 0])
  expect([[...made.starts], [...made.old], [...made.new]]).toEqual([[1, 2], [0, 4], [7, 7]])
})

test.each(runs.cases)('a label map is written as the server writes it: $name', async (golden) => {
  const read = await decodeRuns(fromBase64(golden.gzip_base64))
  expect(hexOf(await inflate(await encodeRuns(read)))).toBe(golden.plain_hex)
})

import 'fake-indexeddb/auto'
import { deleteDB, openDB } from 'idb'
import { afterEach, expect, test, vi } from 'vitest'
import { ApiError } from '../api/client'
import { Journal, noJournal } from './journal'
import { type Acknowledgement, Outbox, Overtaken, type SaveState } from './outbox'
import { type Act, decodeStroke, Tool } from './stroke'
import strokes from '../../../tests/golden/strokes.json'

const dot = (tool: Tool, index: number): Act => ({
  tool, number: 1, levels: [],
  runs: { starts: Uint32Array.of(index), lengths: Uint32Array.of(1), old: Uint8Array.of(0), new: Uint8Array.of(1) },
})

/** A server that keeps strokes by id and can be made unreachable. */
function aServer() {
  const server = {
    received: [] as number[],
    ids: new Set<string>(),
    failure: null as ApiError | null,
    send: (bytes: Uint8Array<ArrayBuffer>): Promise<Acknowledgement> => {
      if (server.failure) return Promise.reject(server.failure)
      const stroke = decodeStroke(bytes)
      const duplicate = server.ids.has(stroke.id)
      server.ids.add(stroke.id)
      if (!duplicate) server.received.push(stroke.sequence)
      return Promise.resolve({ acknowledged: stroke.sequence, revision: 3, duplicate })
    },
  }
  return server
}

let cases = 0
async function anOutbox(server: ReturnType<typeof aServer>, caseId = `case-${cases++}`) {
  const journal = await Journal.open('student', caseId)
  return { journal, caseId, outbox: new Outbox({ journal, send: server.send, lastSequence: 4, revision: 2 }) }
}

const reached = (outbox: Outbox, kind: SaveState['kind']) => vi.waitFor(() => expect(outbox.state.kind).toBe(kind))

afterEach(() => vi.useRealTimers())

test('strokes are sent in order, from the server\'s sequence on, and leave the journal', async () => {
  const server = aServer()
  const { outbox, journal } = await anOutbox(server)
  for (const index of [1, 2, 3]) outbox.add(dot(Tool.brush, index))
  expect(outbox.state).toMatchObject({ kind: 'saving', waiting: 3 })
  await reached(outbox, 'saved')
  expect(server.received).toEqual([5, 6, 7])
  expect(await journal.entries()).toEqual([])
  expect(outbox.add(dot(Tool.brush, 4)).baseRevision).toBe(3)
})

test('without a connection strokes wait in the journal and another visit sends them', async () => {
  const server = aServer()
  server.failure = new ApiError(0, { detail: 'No connection.' })
  const { outbox, journal, caseId } = await anOutbox(server)
  outbox.add(dot(Tool.brush, 1))
  outbox.add(dot(Tool.eraser, 2))
  await reached(outbox, 'offline')
  expect(outbox.state.waiting).toBe(2)
  outbox.close()
  expect(await journal.entries()).toHaveLength(2)

  server.failure = null
  const later = await anOutbox(server, caseId)
  const strokes = await later.outbox.resume()
  expect(strokes.map((stroke) => stroke.tool)).toEqual([Tool.brush, Tool.eraser])
  await reached(later.outbox, 'saved')
  expect(server.received).toEqual([5, 6])
})

test('what another tab was sending while the mask came is drawn here too, and stored once', async () => {
  const server = aServer()
  const { outbox, journal, caseId } = await anOutbox(server)
  const here = await anOutbox(server, caseId)
  server.failure = new ApiError(0, { detail: 'No connection.' })
  outbox.add(dot(Tool.brush, 1))
  await reached(outbox, 'offline')
  const before = await here.journal.entries()
  server.failure = null
  outbox.retry()
  await reached(outbox, 'saved')
  expect(await journal.entries()).toEqual([])
  expect((await here.outbox.resume(before)).map(({ sequence }) => sequence)).toEqual([5])
  expect(here.outbox.add(dot(Tool.brush, 2)).sequence).toBe(6)
  await reached(here.outbox, 'saved')
  expect(server.received).toEqual([5, 6])
})

test('a lost answer is not painted twice', async () => {
  const server = aServer()
  const { outbox } = await anOutbox(server)
  const real = server.send
  server.send = async (bytes) => {
    server.send = real
    await real(bytes)
    throw new ApiError(502, {})
  }
  const lossy = new Outbox({ journal: await Journal.open('student', 'lossy'), send: (bytes) => server.send(bytes), lastSequence: 0, revision: 0 })
  outbox.close()
  lossy.add(dot(Tool.brush, 1))
  await reached(lossy, 'offline')
  lossy.begin()
  await reached(lossy, 'saved')
  expect(server.received).toEqual([1])
})

test.each([
  [401, 'signedOut'],
  [409, 'conflict'],
  [403, 'refused'],
] as const)('status %i stops the outbox as %s and nothing is lost', async (status, kind) => {
  const server = aServer()
  server.failure = new ApiError(status, { detail: 'Not now.' })
  const { outbox, journal } = await anOutbox(server)
  outbox.add(dot(Tool.brush, 1))
  await reached(outbox, kind)
  outbox.add(dot(Tool.brush, 2))
  expect(outbox.state).toMatchObject({ kind, waiting: 2 })
  await vi.waitFor(async () => expect(await journal.entries()).toHaveLength(2))
  server.failure = null
  outbox.begin()
  await reached(outbox, 'saved')
  expect(server.received).toEqual([5, 6])
})

test('what waits is replaced by one act in outbox and journal at once', async () => {
  const server = aServer()
  server.failure = new ApiError(409, { detail: 'The mask was changed elsewhere.' })
  const { outbox, journal } = await anOutbox(server)
  outbox.add(dot(Tool.brush, 1))
  await reached(outbox, 'conflict')
  outbox.add(dot(Tool.brush, 2))
  const seen = outbox.pending()
  outbox.add(dot(Tool.brush, 3))
  await expect(outbox.replace(dot(Tool.keepMine, 9), { lastSequence: 7, revision: 3 }, seen)).rejects.toThrow(Overtaken)
  expect(await journal.entries()).toHaveLength(3)
  await outbox.replace(dot(Tool.keepMine, 9), { lastSequence: 7, revision: 3 }, outbox.pending())
  server.failure = null
  const next = new Outbox({ journal, send: server.send, lastSequence: 7, revision: 3 })
  expect((await next.resume()).map(({ sequence, tool, baseRevision }) => [sequence, tool, baseRevision])).toEqual([[8, Tool.keepMine, 3]])
  await reached(next, 'saved')
  expect(server.received).toEqual([8])
  await next.replace(null, { lastSequence: 8, revision: 3 }, [])
  expect(await journal.entries()).toEqual([])
})

test('people on one computer do not send each other\'s strokes', async () => {
  const mine = await Journal.open('student', 'shared')
  const theirs = await Journal.open('reader', 'shared')
  await mine.keep(1, Uint8Array.of(1))
  expect(await theirs.entries()).toEqual([])
})

test('strokes that an earlier page left waiting are read and sent after the upgrade', async () => {
  const { hex, hex_1, decoded } = strokes.cases[0] as (typeof strokes.cases)[number]
  const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
  const caseId = `case-${cases++}`
  await deleteDB('lamina')
  const shelf = await openDB('lamina', 1, { upgrade: (db) => void db.createObjectStore('strokes', { keyPath: ['owner', 'case', 'sequence'] }) })
  await shelf.put('strokes', { format: 'lamina.journal/1', owner: 'student', case: caseId, sequence: 1, bytes: bytesOf(hex_1 as string) })
  shelf.close()
  const server = aServer()
  const { outbox, journal } = await anOutbox(server, caseId)
  const [waiting] = await outbox.resume()
  expect(waiting).toEqual({ ...decodeStroke(bytesOf(hex)), id: decoded.id, levels: [], number: 0 })
  outbox.add(dot(Tool.fill, 2))
  await reached(outbox, 'saved')
  expect(server.received).toEqual([1, 5])
  expect(await journal.entries()).toEqual([])
})

test('a journal of a later version is refused, not emptied', async () => {
  const journal = await Journal.open('student', 'later')
  const shelf = await openDB('lamina')
  await shelf.put('acts', { format: 'lamina.journal/3', owner: 'student', case: 'later', sequence: 1, id: '01', bytes: Uint8Array.of(1) })
  shelf.close()
  await expect(journal.entries()).rejects.toThrow('lamina.journal/3')
})

test('a stroke is being written before the page can do anything else', async () => {
  const server = aServer()
  server.failure = new ApiError(0, {})
  const { outbox, caseId } = await anOutbox(server)
  const other = await Journal.open('student', caseId)
  outbox.add(dot(Tool.brush, 1))
  expect(await other.entries()).toHaveLength(1)
})

test('two tabs that go on from one number keep both strokes', async () => {
  const server = aServer()
  server.failure = new ApiError(0, {})
  const one = await anOutbox(server)
  const two = await anOutbox(server, one.caseId)
  one.outbox.add(dot(Tool.brush, 1))
  two.outbox.add(dot(Tool.brush, 2))
  await vi.waitFor(async () => expect(await one.journal.entries()).toHaveLength(2))
})

test('where the browser stores nothing, strokes are sent all the same and the page says so', async () => {
  const server = aServer()
  server.failure = new ApiError(0, {})
  const outbox = new Outbox({ journal: noJournal(new Error('no room')), send: server.send, lastSequence: 4, revision: 2 })
  outbox.add(dot(Tool.brush, 1))
  await vi.waitFor(() => expect(outbox.isKept).toBe(false))
  server.failure = null
  await reached(outbox, 'offline')
  outbox.retry()
  await reached(outbox, 'saved')
  expect(outbox.isKept).toBe(true)
  expect(server.received).toEqual([5])
})

test('a case that is lent to nobody here stops the outbox until it is', async () => {
  const server = aServer()
  server.failure = new ApiError(409, { code: 'not_holder', detail: 'You do not hold this case.' })
  const { outbox, journal } = await anOutbox(server)
  outbox.add(dot(Tool.brush, 1))
  await reached(outbox, 'lent')
  expect(await journal.entries()).toHaveLength(1)
  server.failure = null
  outbox.retry()
  await reached(outbox, 'saved')
})

test('a full server is named, and one tells since when it cannot store', async () => {
  const server = aServer()
  server.failure = new ApiError(507, { code: 'disk_full', detail: 'The disk is full.' })
  const { outbox } = await anOutbox(server)
  outbox.add(dot(Tool.brush, 1))
  await reached(outbox, 'offline')
  const first = outbox.state
  expect(first).toMatchObject({ reason: 'The disk is full.', waiting: 1 })
  outbox.begin()
  expect(outbox.state.kind).toBe('offline')
  await vi.waitFor(() => expect(outbox.state).not.toBe(first))
  expect(outbox.state).toMatchObject({ since: (first as { since: Date }).since })
  outbox.close()
})

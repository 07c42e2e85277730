import { expect, test } from 'vitest'
import { ActiveClock, type InHand } from './clock'
import { BrowserShelf, Ledger, type Shelf, type Span } from './spans'

const IDLE_MS = 30_000
const ON: InHand = { case: 'a', stage: 'refining', number: 3, tool: 'brush' }

class Memory implements Shelf {
  readonly spans = new Map<string, Span>()
  put = (span: Span) => void this.spans.set(span.id, span)
  all = () => [...this.spans.values()]
  remove = (id: string) => void this.spans.delete(id)
}

function counting() {
  const shelf = new Memory()
  let next = 0
  const ledger = new Ledger(shelf, () => `s${next++}`)
  const clock = new ActiveClock(IDLE_MS, (slice) => ledger.add(slice))
  const total = () => {
    ledger.keep()
    return shelf.all().reduce((sum, span) => sum + span.seconds, 0)
  }
  return { shelf, ledger, clock, total }
}

/** A generator of numbers in [0, 1) that is the same in every run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

test.each([1, 2, 3, 4, 5])('a scripted session of an hour is measured to 2 %%, script %i', (seed) => {
  const random = numbers(seed)
  const { clock, total } = counting()
  let at = 1_000_000
  let active = 0
  clock.input(at, ON)
  while (at < 4_600_000) {
    const isIdle = random() < 0.02
    const gap = isIdle ? IDLE_MS * (1.05 + 8 * random()) : 16 + 9_000 * random() ** 4
    at += gap
    if (!isIdle) active += gap
    clock.input(at, ON)
  }
  expect(active).toBeGreaterThan(0)
  expect(Math.abs(total() * 1000 - active) / active).toBeLessThan(0.02)
})

test('a gap as long as the cut counts, a longer one counts nothing', () => {
  const { clock, total } = counting()
  clock.input(0, ON)
  clock.input(30_000, ON)
  clock.input(60_001, ON)
  clock.input(61_001, ON)
  expect(total()).toBe(31)
})

test('time goes to what was in hand when it began', () => {
  const { clock, shelf, ledger } = counting()
  clock.input(0, ON)
  clock.input(4_000, { ...ON, number: 4 })
  clock.input(5_000, { ...ON, number: 4, tool: 'eraser' })
  clock.input(5_500, ON)
  ledger.keep()
  expect(shelf.all().map(({ number, tool, seconds }) => [number, tool, seconds])).toEqual([
    [3, 'brush', 4],
    [4, 'brush', 1],
    [4, 'eraser', 0.5],
  ])
  expect(ledger.counted('a', 'refining')).toBe(5.5)
  expect(ledger.counted('b', 'refining')).toBe(0)
})

test('a hidden tab counts nothing until the next input', () => {
  const { clock, total } = counting()
  clock.input(0, ON)
  clock.pause(2_000)
  clock.pause(9_000)
  clock.input(20_000, ON)
  clock.input(21_000, ON)
  expect(total()).toBe(3)
})

test('two tabs used in turns count each moment once', () => {
  const one = counting()
  const other = counting()
  const tabs = [one, other] as const
  const random = numbers(9)
  let at = 0
  for (let step = 0; step < 2_000; step++) {
    const mine = random() < 0.5 ? 0 : 1
    tabs[mine].clock.input(at, ON)
    tabs[1 - mine]?.clock.pause(at)
    at += 800
  }
  one.clock.pause(at)
  other.clock.pause(at)
  expect(one.total() + other.total()).toBeCloseTo(at / 1000, 6)
})

test('a clock that was set back counts nothing twice', () => {
  const { clock, total } = counting()
  clock.input(10_000, ON)
  clock.input(4_000, ON)
  clock.input(5_000, ON)
  expect(total()).toBe(1)
})

test('a span ends after a minute, so that nothing long hangs on one message', () => {
  const { clock, shelf, ledger } = counting()
  for (let at = 0; at <= 150_000; at += 5_000) clock.input(at, ON)
  ledger.keep()
  expect(shelf.all().map((span) => span.seconds)).toEqual([60, 60, 30])
  expect(shelf.all()[1]?.started_at).toBe(new Date(60_000).toISOString())
})

test('what the server has leaves the shelf, unless it has grown meanwhile', () => {
  const { clock, shelf, ledger } = counting()
  clock.input(0, ON)
  clock.input(5_000, ON)
  ledger.keep()
  const sent = shelf.all()
  clock.input(8_000, ON)
  ledger.keep()
  ledger.settle(sent)
  expect(shelf.all().map((span) => [span.id, span.seconds])).toEqual([['s0', 8]])
  ledger.settle(shelf.all())
  expect(shelf.all()).toEqual([])
})

function storage(): Storage {
  const held = new Map<string, string>()
  return {
    get length() {
      return held.size
    },
    key: (at) => [...held.keys()][at] ?? null,
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, value),
    removeItem: (key) => void held.delete(key),
    clear: () => held.clear(),
  }
}
const SPAN: Span = { ...ON, id: 'x', seconds: 2, n_inputs: 1, started_at: '2026-11-21T09:00:00.000Z' }

test('spans survive a reload, belong to one person, and a torn one is passed over', () => {
  const place = storage()
  new BrowserShelf('7', place).put(SPAN)
  place.setItem('lamina.activity/1:7:torn', '{"id":"to')
  expect(new BrowserShelf('7', place).all()).toEqual([SPAN])
  expect(new BrowserShelf('70', place).all()).toEqual([])
  new BrowserShelf('7', place).remove('x')
  expect(new BrowserShelf('7', place).all()).toEqual([])
})

test('a full storage keeps spans as long as the page is', () => {
  const full = { ...storage(), length: 0, setItem: () => { throw new DOMException('full', 'QuotaExceededError') } }
  const shelf = new BrowserShelf('7', full)
  shelf.put(SPAN)
  expect(shelf.all()).toEqual([SPAN])
  shelf.remove('x')
  expect(shelf.all()).toEqual([])
})

// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Recorder } from './recorder'
import type { Span } from './spans'

const ON = { case: 'a', stage: 'refining', number: 3, tool: 'brush' }

beforeEach(() => {
  localStorage.clear()
  vi.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => vi.useRealTimers())

/** A server that keeps the longest of each span, and may be away. */
function server() {
  const kept = new Map<string, number>()
  const state = { isAway: false, calls: 0 }
  const bring = (spans: readonly Span[]) => {
    state.calls++
    if (state.isAway) return Promise.reject(new Error('away'))
    for (const { id, seconds } of spans) kept.set(id, Math.max(seconds, kept.get(id) ?? 0))
    return Promise.resolve({ kept: spans.map((span) => span.id), refused: [] })
  }
  const total = () => [...kept.values()].reduce((sum, seconds) => sum + seconds, 0)
  return { bring, total, state }
}

function work(recorder: Recorder, seconds: number): void {
  for (let second = 0; second <= seconds; second++) {
    recorder.clock.input(Date.now(), ON)
    if (second < seconds) vi.advanceTimersByTime(1_000)
  }
}

test('time comes to the server by itself and counts once, however often a span grows', async () => {
  const { bring, total } = server()
  const recorder = new Recorder('1', bring)
  const end = recorder.begin(() => ON)
  work(recorder, 100)
  end()
  await recorder.flush()
  expect(total()).toBeCloseTo(100, 6)
  expect(recorder.counted('a', 'refining')).toBeCloseTo(100, 6)
})

test('a lost connection and a reload lose nothing', async () => {
  const { bring, total, state } = server()
  state.isAway = true
  const first = new Recorder('1', bring)
  const end = first.begin(() => ON)
  work(first, 40)
  end()
  await expect(first.flush()).rejects.toThrow('away')
  expect(total()).toBe(0)
  state.isAway = false
  await new Recorder('1', bring).flush()
  expect(total()).toBeCloseTo(40, 6)
  const calls = state.calls
  await new Recorder('1', bring).flush()
  expect(state.calls).toBe(calls)
})

test('a span that the server refuses is not sent for ever', async () => {
  const refuse = vi.fn((spans: readonly Span[]) =>
    Promise.resolve({ kept: [], refused: spans.map(({ id }) => ({ id, detail: 'no' })) }))
  const recorder = new Recorder('1', refuse)
  const end = recorder.begin(() => ON)
  work(recorder, 3)
  end()
  await recorder.flush()
  await recorder.flush()
  expect(refuse).toHaveBeenCalledTimes(1)
})

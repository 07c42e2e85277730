import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import type { JobState, Worklist } from '../api/types'
import { type LiveMessage, readMessage, retryAfterMs } from './live'
import { applyMessage } from './liveCache'

const job = (percent: number, state: JobState['state'] = 'running'): JobState => ({
  id: 'j1', kind: 'preannotation', state, percent, message: '',
})
const list = (): Worklist => ({
  next: null, counts: {}, stages: [],
  rows: [{
    case: 'c1', code: 'LAM-1', title: '', stage: 'queued', levels: '', n_levels: 0, thumbnail_url: null, held_by: null,
    waiting_since: '', note: '', returned: false, look_at: '', due_at: null, work: null, job: null, moves: [],
  }],
})
const message = (part: Partial<LiveMessage>): LiveMessage => ({ format: 'lamina.live/1', id: 1, kind: 'job', ...part })

function clientWithList(): QueryClient {
  const client = new QueryClient()
  client.setQueryData(['worklist', 'd', 'all'], list())
  client.setQueryData(['worklist', 'other', 'all'], list())
  return client
}
const jobOf = (client: QueryClient, dataset: string) =>
  client.getQueryData<Worklist>(['worklist', dataset, 'all'])?.rows[0]?.job
const isStale = (client: QueryClient, dataset: string) => client.getQueryState(['worklist', dataset, 'all'])?.isInvalidated

test('a message of an unknown format is refused', () => {
  expect(() => readMessage('{"format":"lamina.live/2","id":1,"kind":"job"}')).toThrow('lamina.live/2')
  expect(() => readMessage('null')).toThrow()
  expect(readMessage(JSON.stringify(message({ case: 'c1' }))).case).toBe('c1')
})

test('progress of a job is written into its row, in its data set only, without asking the server', () => {
  const client = clientWithList()
  applyMessage(client, 'd', message({ job: job(40), case: 'c1' }))
  expect(jobOf(client, 'd')?.percent).toBe(40)
  expect(jobOf(client, 'other')).toBeNull()
  expect(isStale(client, 'd')).toBe(false)
})

test('the end of a job and the move of a case make the list be asked again', () => {
  const ended = clientWithList()
  applyMessage(ended, 'd', message({ job: job(100, 'done'), case: 'c1' }))
  expect(isStale(ended, 'd')).toBe(true)
  const moved = clientWithList()
  applyMessage(moved, 'd', message({ kind: 'case', case: 'c1', stage: 'refining' }))
  expect(isStale(moved, 'd')).toBe(true)
  expect(isStale(moved, 'other')).toBe(false)
})

test('tries get rarer, at most half a minute apart', () => {
  expect([1, 2, 3].map(retryAfterMs)).toEqual([1000, 2000, 4000])
  expect(retryAfterMs(50)).toBe(30_000)
})

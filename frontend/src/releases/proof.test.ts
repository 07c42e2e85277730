import { expect, test } from 'vitest'
import type { ProofStep } from '../api/types'
import { mayDownload, stepStates } from './proof'

const steps = (...verdicts: (boolean | null)[]): ProofStep[] =>
  verdicts.map((ok, i) => ({ name: `step ${i}`, ok, evidence: '' }))

test('the first step without a verdict runs, the others wait', () => {
  expect(stepStates({ proof: steps(true, null, null), state: 'running' })).toEqual(['ok', 'running', 'waits'])
})

test('nothing runs in a release that stopped', () => {
  expect(stepStates({ proof: steps(true, false, null), state: 'failed' })).toEqual(['ok', 'bad', 'waits'])
})

test('a release is taken away only when it is done and every step is green', () => {
  const release = { proof: steps(true, true), state: 'done' as const, download_url: '/x' }
  expect(mayDownload(release)).toBe(true)
  expect(mayDownload({ ...release, state: 'running' })).toBe(false)
  expect(mayDownload({ ...release, proof: steps(true, false) })).toBe(false)
  expect(mayDownload({ ...release, proof: steps(true, null) })).toBe(false)
  expect(mayDownload({ ...release, download_url: null })).toBe(false)
})

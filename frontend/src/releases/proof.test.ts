import { expect, test } from 'vitest'
import type { ProofStep } from '../api/types'
import { foldersOf } from './folders'
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

test('files are gathered by folder, and those at the top come first', () => {
  const file = (path: string, n_bytes: number) => ({ path, n_bytes })
  const files = [file('a/rawdata/sub-1/ct.nii.gz', 5), file('README.md', 1), file('a/rawdata/sub-2/ct.nii.gz', 7), file('a/x.csv', 2)]
  const found = foldersOf(files).map((one) => [one.path, one.files.length, one.nBytes])
  expect(found).toEqual([['', 1, 1], ['a/rawdata', 2, 12], ['a', 1, 2]])
})

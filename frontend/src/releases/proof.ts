import type { ProofStep, ReleaseOut } from '../api/types'

export type StepState = 'ok' | 'bad' | 'running' | 'waits'

/** How each step stands: of those without a verdict the first is running while the release is, the rest wait. */
export function stepStates(release: Pick<ReleaseOut, 'proof' | 'state'>): StepState[] {
  const current = release.proof.findIndex((step) => step.ok === null)
  return release.proof.map((step, i) => stateOf(step, i === current && release.state === 'running'))
}

function stateOf(step: ProofStep, isCurrent: boolean): StepState {
  if (step.ok !== null) return step.ok ? 'ok' : 'bad'
  return isCurrent ? 'running' : 'waits'
}

/** Whether a release may be taken away: finished, every step proved, and the server gives an address. */
export const mayDownload = (release: Pick<ReleaseOut, 'proof' | 'state' | 'download_url'>): boolean =>
  release.state === 'done' && release.download_url !== null && release.proof.every((step) => step.ok === true)

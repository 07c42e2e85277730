import type { QueryClient } from '@tanstack/react-query'
import type { JobState, Worklist, WorkRow } from '../api/types'
import type { LiveMessage } from './live'

const isEnd = (job: JobState) => job.state === 'done' || job.state === 'failed'

const LISTS: Record<JobState['kind'], readonly string[]> = {
  intake: ['imports', 'worklist'],
  preannotation: ['worklist'],
  round: ['rounds', 'models', 'dataset', 'worklist'],
  release: ['releases'],
  heights: [],
  agreement: ['agreement'],
}

/** Puts the state of a job into the rows that wait for it. */
export function withJob(list: Worklist, job: JobState, caseId: string | undefined): Worklist {
  const isMeant = (row: WorkRow) => row.job?.id === job.id || (caseId !== undefined && row.case === caseId)
  if (!list.rows.some(isMeant)) return list
  return { ...list, rows: list.rows.map((row) => (isMeant(row) ? { ...row, job } : row)) }
}

/** Brings what is on screen up to date with one live message. */
export function applyMessage(client: QueryClient, dataset: string, message: LiveMessage): void {
  const { job } = message
  if (message.case !== undefined && (message.kind === 'case' || (job && isEnd(job)))) {
    void client.invalidateQueries({ queryKey: ['case', message.case] })
    void client.invalidateQueries({ queryKey: ['history', message.case] })
  }
  if (message.kind !== 'job' && message.case !== undefined) {
    void client.invalidateQueries({ queryKey: ['consensus', message.case] })
  }
  if (message.kind !== 'job') void client.invalidateQueries({ queryKey: ['worklist', dataset] })
  if (job) applyJob(client, dataset, job, message.case)
}

function applyJob(client: QueryClient, dataset: string, job: JobState, caseId: string | undefined): void {
  // Heights are measured beside a case's way: no row waits for them.
  if (job.kind === 'heights') return
  client.setQueriesData<Worklist>({ queryKey: ['worklist', dataset] }, (list) => list && withJob(list, job, caseId))
  for (const name of LISTS[job.kind]) {
    if (name === 'worklist' && !isEnd(job)) continue
    void client.invalidateQueries({ queryKey: [name, dataset] })
  }
}

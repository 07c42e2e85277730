/** Runs tools away from the page. */
import { refuse } from './input'
import { type Job, type JobDone, runJob } from './jobs'

self.onmessage = ({ data }: MessageEvent<Job>) => {
  try {
    const outcome = runJob(data)
    self.postMessage({ outcome } satisfies JobDone)
  } catch (cause) {
    self.postMessage({ outcome: refuse('nothing'), error: cause instanceof Error ? cause.message : String(cause) } satisfies JobDone)
  }
}

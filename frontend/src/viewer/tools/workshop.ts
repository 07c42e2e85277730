/** The worker that runs tools: started at the first job, one job at a time, given up after a rest. */
import type { Outcome } from './input'
import type { Job, JobDone, JobName, JobOptions, SentInput } from './jobs'

const REST_MS = 60_000

export class Workshop {
  private worker: Worker | null = null
  private last: Promise<unknown> = Promise.resolve()
  private resting: ReturnType<typeof setTimeout> | undefined

  /** Runs a tool on a box of voxels; rejects where the tool failed. */
  run<Name extends JobName>(name: Name, input: SentInput, options: JobOptions<Name>): Promise<Outcome> {
    const result = this.last.then(() => this.send({ name, input, options } as Job))
    this.last = result.catch(() => undefined)
    return result
  }

  private send(job: Job): Promise<Outcome> {
    clearTimeout(this.resting)
    this.worker ??= new Worker(new URL('./tool.worker.ts', import.meta.url), { type: 'module' })
    const { worker } = this
    return new Promise<Outcome>((resolve, reject) => {
      worker.onerror = (event) => {
        this.close()
        reject(new Error(event.message || 'the worker did not start'))
      }
      worker.onmessage = ({ data }: MessageEvent<JobDone>) => (data.error === undefined ? resolve(data.outcome) : reject(new Error(data.error)))
      worker.postMessage(job, [job.input.labels.buffer, job.input.hu.buffer])
    }).finally(() => {
      this.resting = setTimeout(() => this.close(), REST_MS)
    })
  }

  private close(): void {
    this.worker?.terminate()
    this.worker = null
  }
}

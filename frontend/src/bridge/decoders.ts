/** A few workers that fetch and decode slices; started, wasm included, before the first slice is asked for. */
import { ApiError } from '../api/client'
import type { Answer, Encoding, Order } from './decode.worker'

interface Waiting {
  readonly resolve: (hu: Int16Array<ArrayBuffer>) => void
  readonly reject: (cause: Error) => void
}

const SMALLEST = 2
const LARGEST = 4

export class Decoders {
  private readonly waiting = new Map<number, Waiting>()
  private nextId = 1

  private constructor(
    private readonly workers: Worker[],
    readonly encoding: Encoding,
  ) {
    for (const worker of workers) worker.onmessage = ({ data }: MessageEvent<Answer>) => this.receive(data)
  }

  /** Starts the workers; falls back to gzip slices where wasm does not run. */
  static async start(encoding: Encoding = 'htj2k'): Promise<Decoders> {
    const n = Math.min(LARGEST, Math.max(SMALLEST, (navigator.hardwareConcurrency || SMALLEST) - 1))
    const workers = Array.from({ length: n }, () => new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' }))
    const errors = await Promise.all(workers.map((worker) => started(worker, encoding)))
    if (errors.every((error) => !error)) return new Decoders(workers, encoding)
    for (const worker of workers) worker.terminate()
    if (encoding === 'gzip') throw new Error(`Slices cannot be decoded in this browser: ${errors.find(Boolean)}`)
    return Decoders.start('gzip')
  }

  /** Fetches one slice; rejects with `ApiError` where the server refuses. */
  slice(url: string, voxels: number, signal?: AbortSignal): Promise<Int16Array<ArrayBuffer>> {
    const id = this.nextId++
    const worker = this.workers[id % this.workers.length] as Worker
    const result = new Promise<Int16Array<ArrayBuffer>>((resolve, reject) => this.waiting.set(id, { resolve, reject }))
    signal?.addEventListener('abort', () => {
      worker.postMessage({ kind: 'cancel', id } satisfies Order)
      this.waiting.get(id)?.reject(new DOMException('The slice is no longer wanted.', 'AbortError'))
      this.waiting.delete(id)
    })
    worker.postMessage({ kind: 'slice', id, url: new URL(url, location.href).href, voxels } satisfies Order)
    return result
  }

  private receive(message: Answer): void {
    if (message.kind === 'started') return
    const waiting = this.waiting.get(message.id)
    this.waiting.delete(message.id)
    if (message.kind === 'slice') waiting?.resolve(message.hu)
    else waiting?.reject(new ApiError(message.status, { detail: `A slice could not be shown: ${message.error}.` }))
  }
}

function started(worker: Worker, encoding: Encoding): Promise<string> {
  return new Promise((resolve) => {
    worker.onerror = (event) => resolve(event.message || 'the worker did not start')
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.kind === 'started') resolve(data.error ?? '')
    }
    worker.postMessage({ kind: 'start', encoding } satisfies Order)
  })
}

let shared: Promise<Decoders> | null = null

/** The decoders of this page, started at the first call. */
export function decoders(): Promise<Decoders> {
  shared ??= Decoders.start()
  return shared
}

/** Fetches and decodes slices away from the page: HTJ2K by wasm, or gzip by the browser. */
import openJph, { type HTJ2KDecoder } from '@cornerstonejs/codec-openjph/wasmjs'
import wasmUrl from '@cornerstonejs/codec-openjph/wasm?url'

export type Encoding = 'htj2k' | 'gzip'
export type Order =
  | { readonly kind: 'start'; readonly encoding: Encoding }
  | { readonly kind: 'slice'; readonly id: number; readonly url: string; readonly voxels: number }
  | { readonly kind: 'cancel'; readonly id: number }
export type Answer =
  | { readonly kind: 'started'; readonly error?: string }
  | { readonly kind: 'slice'; readonly id: number; readonly hu: Int16Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly id: number; readonly status: number; readonly error: string }

let decoder: HTJ2KDecoder | null = null
let encoding: Encoding = 'htj2k'
const running = new Map<number, AbortController>()

const answer = (message: Answer, transfer: Transferable[] = []) => self.postMessage(message, { transfer })

async function start(wanted: Encoding): Promise<void> {
  encoding = wanted
  if (wanted !== 'htj2k' || decoder) return
  const codec = await openJph({ locateFile: () => wasmUrl })
  decoder = new codec.HTJ2KDecoder()
}

function decodeHtj2k(content: ArrayBuffer): Int16Array<ArrayBuffer> {
  if (!decoder) throw new Error('the decoder is not started')
  decoder.getEncodedBuffer(content.byteLength).set(new Uint8Array(content))
  decoder.decode()
  const { bitsPerSample, isSigned } = decoder.getFrameInfo()
  if (bitsPerSample !== 16 || !isSigned) throw new Error(`a slice of ${bitsPerSample} bits is not signed 16 bits`)
  return new Int16Array(decoder.getDecodedBuffer().slice().buffer)
}

async function inflateSlice(response: Response): Promise<Int16Array<ArrayBuffer>> {
  const stream = response.body?.pipeThrough(new DecompressionStream('gzip'))
  return new Int16Array(await new Response(stream).arrayBuffer())
}

async function slice(id: number, url: string, voxels: number): Promise<void> {
  const stop = new AbortController()
  running.set(id, stop)
  let status = 0
  try {
    const response = await fetch(url, { credentials: 'same-origin', signal: stop.signal })
    status = response.status
    if (!response.ok) throw new Error(`the server answered ${status}`)
    const hu = encoding === 'gzip' ? await inflateSlice(response) : decodeHtj2k(await response.arrayBuffer())
    if (hu.length !== voxels) throw new Error(`the slice holds ${hu.length} instead of ${voxels} voxels`)
    answer({ kind: 'slice', id, hu }, [hu.buffer])
  } catch (cause) {
    if (!stop.signal.aborted) answer({ kind: 'failed', id, status, error: cause instanceof Error ? cause.message : String(cause) })
  } finally {
    running.delete(id)
  }
}

self.onmessage = ({ data }: MessageEvent<Order>) => {
  if (data.kind === 'slice') void slice(data.id, data.url, data.voxels)
  else if (data.kind === 'cancel') running.get(data.id)?.abort()
  else
    start(data.encoding).then(
      () => answer({ kind: 'started' }),
      (cause: unknown) => answer({ kind: 'started', error: String(cause) }),
    )
}

/** What the bridge's byte formats share: a name of 16 bytes in front, and gzip. */
const NAME_BYTES = 16

/** Bytes that are not of the format and version the reader knows, or are damaged. */
export class UnknownFormat extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UnknownFormat'
  }
}

/** A reader of little-endian bytes that begins behind the name of its format. */
export interface Reader {
  readonly view: DataView
  readonly bytes: Uint8Array<ArrayBuffer>
  offset: number
}

/** Tells whether bytes begin with the name of a format. */
export function isNamed(bytes: Uint8Array, name: string): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, NAME_BYTES)) === name.padEnd(NAME_BYTES, '\0')
}

/** Begins reading; throws `UnknownFormat` unless the bytes are named `name` and hold `header` more bytes. */
export function openFormat(bytes: Uint8Array<ArrayBuffer>, name: string, header: number): Reader {
  if (!isNamed(bytes, name)) throw new UnknownFormat(`These bytes are not ${name}.`)
  if (bytes.length < NAME_BYTES + header) throw new UnknownFormat(`${name}: the header is cut off.`)
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), bytes, offset: NAME_BYTES }
}

/** Makes `size` bytes that begin with the format's name. */
export function newFormat(name: string, size: number): Reader {
  const bytes = new Uint8Array(NAME_BYTES + size)
  bytes.set(new TextEncoder().encode(name))
  return { view: new DataView(bytes.buffer), bytes, offset: NAME_BYTES }
}

export function readU32(reader: Reader): number {
  reader.offset += 4
  return reader.view.getUint32(reader.offset - 4, true)
}

export function writeU32(writer: Reader, value: number): void {
  writer.view.setUint32(writer.offset, value, true)
  writer.offset += 4
}

/** Reads `n` u32; a copy, because their place need not be a multiple of four. */
export function readU32s(reader: Reader, n: number): Uint32Array {
  const copy = reader.bytes.slice(reader.offset, reader.offset + 4 * n)
  reader.offset += 4 * n
  return new Uint32Array(copy.buffer)
}

export function readBytes(reader: Reader, n: number): Uint8Array {
  reader.offset += n
  return reader.bytes.slice(reader.offset - n, reader.offset)
}

/** Inflates one gzip member. */
export async function inflate(content: Blob | Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([content]).stream().pipeThrough(new DecompressionStream('gzip'))
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer())
  } catch {
    throw new UnknownFormat('The bytes are not one whole gzip member.')
  }
}

/** Makes one gzip member. */
export async function deflate(content: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

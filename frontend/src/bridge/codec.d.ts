declare module '@cornerstonejs/codec-openjph/wasmjs' {
  export interface HTJ2KDecoder {
    getEncodedBuffer(size: number): Uint8Array
    decode(): void
    getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned: boolean }
    getDecodedBuffer(): Uint8Array
  }
  const factory: (options: { locateFile: (file: string) => string }) => Promise<{ HTJ2KDecoder: new () => HTJ2KDecoder }>
  export default factory
}

declare module '@cornerstonejs/codec-openjph/wasm?url' {
  const url: string
  export default url
}

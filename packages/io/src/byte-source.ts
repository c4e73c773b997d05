/** Bytes in sequence from a file or whatever else holds text. Synchronous: see `local-file.ts`. */
export interface ByteSource {
  /** Names the source in error messages. */
  readonly path: string;
  /** Bytes taken from the underlying file, before any decompression. */
  readonly bytesRead: number;
  /** Copies up to `length` bytes to `target[offset…]`; 0 only at the end of the data. */
  read(target: Uint8Array, offset: number, length: number): number;
  /** Idempotent. */
  close(): void;
}

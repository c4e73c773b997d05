import type { Compression } from '@firesteel/plan';
import { frameCodec } from './frame-codec.js';

/** Characters that are joined and encoded at once. */
const BATCH_CHARS = 64 * 1024;
/** Text bytes of one compressed frame; big enough that beginning anew costs under 1 %. */
const FRAME_BYTES = 1024 * 1024;

/**
 * Turns lines into the bytes of a text file. A compressed one is a sequence of frames, so that
 * each can be compressed synchronously and memory stays bounded.
 */
export class LineEncoder {
  readonly #compress: ((bytes: Uint8Array) => Uint8Array) | undefined;
  readonly #emit: (bytes: Uint8Array) => void;
  #pending: string[] = [];
  #pendingChars = 0;
  #frame: Buffer[] = [];
  #frameBytes = 0;
  #emittedFrames = 0;

  constructor(compression: Compression, emit: (bytes: Uint8Array) => void) {
    this.#compress = compression === 'none' ? undefined : frameCodec(compression).compress;
    this.#emit = emit;
  }

  add(line: string): void {
    this.#pending.push(line);
    this.#pendingChars += line.length + 1;
    if (this.#pendingChars >= BATCH_CHARS) this.#encodePending();
  }

  /** Emits what is still held back. */
  finish(): void {
    if (this.#pending.length > 0) this.#encodePending();
    // Even no text at all needs one frame to be a valid compressed file.
    if (this.#compress && (this.#frameBytes > 0 || this.#emittedFrames === 0)) this.#emitFrame();
  }

  #encodePending(): void {
    const bytes = Buffer.from(`${this.#pending.join('\n')}\n`, 'utf8');
    this.#pending = [];
    this.#pendingChars = 0;
    if (this.#compress === undefined) {
      this.#emit(bytes);
      return;
    }
    this.#frame.push(bytes);
    this.#frameBytes += bytes.length;
    if (this.#frameBytes >= FRAME_BYTES) this.#emitFrame();
  }

  #emitFrame(): void {
    this.#emit(this.#compress?.(Buffer.concat(this.#frame)) as Uint8Array);
    this.#frame = [];
    this.#frameBytes = 0;
    this.#emittedFrames++;
  }
}

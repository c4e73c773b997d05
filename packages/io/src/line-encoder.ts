import type { Compression } from '@firesteel/plan';
import { frameCodec } from './frame-codec.js';

/** Characters that are joined and encoded at once. */
const BATCH_CHARS = 64 * 1024;
/** Lines in memory that are fewer bytes than this are collected before they go out. */
const LINES_BYTES = 64 * 1024;
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
  /** Lines that were added from memory, one behind the other there. */
  #run: DataView | undefined;
  #runStart = 0;
  #runEnd = 0;
  /** Runs that were too short to go out alone. */
  #lines: Buffer | undefined;
  #lineBytes = 0;
  #frame: Buffer[] = [];
  #frameBytes = 0;
  #emittedFrames = 0;

  constructor(compression: Compression, emit: (bytes: Uint8Array) => void) {
    this.#compress = compression === 'none' ? undefined : frameCodec(compression).compress;
    this.#emit = emit;
  }

  add(line: string): void {
    this.#emitLines();
    this.#pending.push(line);
    this.#pendingChars += line.length + 1;
    if (this.#pendingChars >= BATCH_CHARS) this.#encodePending();
  }

  /**
   * Adds a line of ASCII that lies in memory from `at` on, with a newline at `end`. What lies there
   * must stay until `endLines`. Lines that follow each other in memory are copied together.
   */
  addLine(view: DataView, at: number, end: number): void {
    if (at !== this.#runEnd || view !== this.#run) {
      this.endLines();
      this.#run = view;
      this.#runStart = at;
    }
    this.#runEnd = end + 1;
  }

  /** Whoever made the lines may use the memory for others now. */
  endLines(): void {
    if (this.#run === undefined) return;
    const { buffer, byteOffset } = this.#run;
    const start = this.#runStart;
    const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset + start, this.#runEnd - start);
    this.#run = undefined;
    this.#runEnd = 0;
    if (this.#pending.length > 0) this.#encodePending();
    if (bytes.length > LINES_BYTES / 2) {
      this.#emitLines();
      this.#emitText(this.#compress === undefined ? bytes : Buffer.from(bytes));
      return;
    }
    if (this.#lineBytes + bytes.length > LINES_BYTES) this.#emitLines();
    this.#lines ??= Buffer.allocUnsafeSlow(LINES_BYTES);
    this.#lines.set(bytes, this.#lineBytes);
    this.#lineBytes += bytes.length;
  }

  /** Emits what is still held back. */
  finish(): void {
    if (this.#pending.length > 0) this.#encodePending();
    this.#emitLines();
    // Even no text at all needs one frame to be a valid compressed file.
    if (this.#compress && (this.#frameBytes > 0 || this.#emittedFrames === 0)) this.#emitFrame();
  }

  #encodePending(): void {
    const bytes = Buffer.from(`${this.#pending.join('\n')}\n`, 'utf8');
    this.#pending = [];
    this.#pendingChars = 0;
    this.#emitText(bytes);
  }

  #emitLines(): void {
    if (this.#lineBytes === 0) return;
    const bytes = (this.#lines as Buffer).subarray(0, this.#lineBytes);
    this.#lineBytes = 0;
    this.#emitText(this.#compress === undefined ? bytes : Buffer.from(bytes));
  }

  /** @param bytes that nobody changes if they are to be compressed: they wait until a frame is full */
  #emitText(bytes: Buffer): void {
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

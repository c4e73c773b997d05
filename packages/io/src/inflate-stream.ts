import { createRequire } from 'node:module';
import type { FiresteelError } from '@firesteel/common';
import type { ByteSource } from './byte-source.js';
import { corruptInput } from './file-errors.js';

const require = createRequire(import.meta.url);
const INPUT_BYTES = 64 * 1024;
/** Negative: bare DEFLATE data (RFC 1951) without a header, matches reach back 2^15 bytes. */
const RAW_WINDOW_BITS = -15;

const badTable = 'a code table is impossible';
const badCode = 'a code is not in its table';

/** What is wrong, by the message of zlib. */
const reasons = new Map([
  ['invalid block type', 'a block has an unknown type'],
  ['invalid stored block lengths', 'a stored block has a wrong length'],
  ['invalid distance too far back', 'a match refers to data before the beginning'],
  ['too many length or distance symbols', badTable],
  ['invalid code lengths set', badTable],
  ['invalid bit length repeat', badTable],
  ['invalid code -- missing end-of-block', badTable],
  ['invalid literal/lengths set', badTable],
  ['invalid distances set', badTable],
  ['invalid literal/length code', badCode],
  ['invalid distance code', badCode],
]);

/**
 * A file of DEFLATE streams (RFC 1951) with whatever stands between them: `byte` reads that,
 * `begin` and `inflate` read a stream.
 *
 * Decoding is synchronous and writes straight to the reader's buffer, by pako's zlib functions.
 * They rather than its `Inflate` class, because that one decodes all of its input at once, however
 * far it expands, and does not say where in the input a stream ended.
 */
export class InflateStream {
  readonly #source: ByteSource;
  readonly #input = new Uint8Array(INPUT_BYTES);
  /** Loaded for the first gzip file: it takes 10 ms of every thread. */
  readonly #pako = require('pako') as typeof import('pako');
  readonly #zlib = new this.#pako.ZStream();
  #finished = false;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#zlib.input = this.#input;
    this.#pako.zlibInflateInit2(this.#zlib, RAW_WINDOW_BITS);
  }

  /** True from the end of a stream to the next `begin`. */
  get finished(): boolean {
    return this.#finished;
  }

  /** True when no byte of the file is left. */
  isAtEnd(): boolean {
    return this.#zlib.avail_in === 0 && !this.#fill();
  }

  /** The next byte, without taking it; not to be called at the end of the file. */
  peek(): number {
    return this.#input[this.#zlib.next_in]!;
  }

  /**
   * Takes the next byte.
   *
   * @throws FiresteelError CORRUPT_INPUT at the end of the file
   */
  byte(): number {
    if (this.isAtEnd()) throw this.#truncated();
    this.#zlib.avail_in--;
    return this.#input[this.#zlib.next_in++]!;
  }

  /** A stream begins at the next byte. */
  begin(): void {
    this.#pako.zlibInflateReset(this.#zlib);
    this.#finished = false;
  }

  /**
   * Writes up to `length` bytes, more than 0, to `target[offset…]` and returns how many; none only
   * when the stream has finished.
   *
   * @throws FiresteelError CORRUPT_INPUT
   */
  inflate(target: Uint8Array, offset: number, length: number): number {
    const zlib = this.#zlib;
    const { zlibInflate, Z_DATA_ERROR, Z_NO_FLUSH, Z_STREAM_END } = this.#pako;
    // The type is pako's; it works on any kind of buffer.
    zlib.output = target as Uint8Array<ArrayBuffer>;
    zlib.next_out = offset;
    zlib.avail_out = length;
    while (!this.#finished) {
      const status = zlibInflate(zlib, Z_NO_FLUSH);
      if (status === Z_DATA_ERROR) throw this.corrupt(reasons.get(zlib.msg) ?? zlib.msg);
      this.#finished = status === Z_STREAM_END;
      if (zlib.avail_out < length) break;
      // With room left it stops only for want of input.
      if (!this.#finished && this.isAtEnd()) throw this.#truncated();
    }
    return length - zlib.avail_out;
  }

  /** The error for damage just before the next byte. */
  corrupt(reason: string): FiresteelError {
    return corruptInput(this.#source.path, this.#source.bytesRead - this.#zlib.avail_in, reason);
  }

  #truncated(): FiresteelError {
    return this.corrupt('the file ends in the middle of its gzip data; it was cut off');
  }

  /** Replaces the input, all of which was taken; false at the end of the file. */
  #fill(): boolean {
    this.#zlib.next_in = 0;
    this.#zlib.avail_in = this.#source.read(this.#input, 0, INPUT_BYTES);
    return this.#zlib.avail_in > 0;
  }
}

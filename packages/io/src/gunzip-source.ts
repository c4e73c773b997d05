import { crc32 } from 'node:zlib';
import type { ByteSource } from './byte-source.js';
import { InflateStream } from './inflate-stream.js';

const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
const RESERVED_FLAGS = 0xe0;

/**
 * The decompressed bytes of a gzip file (RFC 1952). Members that follow one another are read as
 * one text. Zero bytes after the last member are padding, as gzip(1) has it; anything else there
 * is an error, because it may be data that would be lost silently.
 *
 * Every fault of the data is a FiresteelError CORRUPT_INPUT with the offset in the file.
 */
export class GunzipSource implements ByteSource {
  readonly #source: ByteSource;
  readonly #stream: InflateStream;
  #state: 'beforeMember' | 'inMember' | 'atEnd' = 'beforeMember';
  #members = 0;
  #crc = 0;
  /** Bytes of the member, modulo 2^32. */
  #size = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#stream = new InflateStream(source);
  }

  get path(): string {
    return this.#source.path;
  }

  get bytesRead(): number {
    return this.#source.bytesRead;
  }

  read(target: Uint8Array, offset: number, length: number): number {
    if (length === 0) return 0;
    while (this.#state !== 'atEnd') {
      if (this.#state === 'beforeMember') this.#beginMember();
      else {
        const count = this.#readMember(target, offset, length);
        if (count > 0) return count;
      }
    }
    return 0;
  }

  close(): void {
    this.#source.close();
  }

  #beginMember(): void {
    if (!this.#readHeader()) {
      this.#state = 'atEnd';
      return;
    }
    this.#stream.begin();
    this.#crc = this.#size = 0;
    this.#state = 'inMember';
  }

  /** Like `read`; 0 at the end of the member. */
  #readMember(target: Uint8Array, offset: number, length: number): number {
    const count = this.#stream.inflate(target, offset, length);
    this.#crc = crc32(target.subarray(offset, offset + count), this.#crc);
    this.#size = (this.#size + count) >>> 0;
    if (this.#stream.finished) {
      this.#checkTrailer();
      this.#state = 'beforeMember';
    }
    return count;
  }

  /** False when the file ends here, with or without padding. */
  #readHeader(): boolean {
    const stream = this.#stream;
    if (this.#members > 0) {
      if (stream.isAtEnd()) return false;
      if (stream.peek() === 0) return this.#skipPadding();
    }
    if (stream.byte() !== 0x1f || stream.byte() !== 0x8b)
      throw stream.corrupt(
        this.#members === 0
          ? 'it does not begin like a gzip file; if it is not compressed, give it a name without .gz'
          : 'after the end of the compressed data comes something that is not gzip',
      );
    if (stream.byte() !== 8) throw stream.corrupt('the compression method is unknown');
    const flags = stream.byte();
    if ((flags & RESERVED_FLAGS) !== 0) throw stream.corrupt('the gzip header has unknown flags');
    for (let i = 0; i < 6; i++) stream.byte();
    if ((flags & FLAG_EXTRA) !== 0) {
      const length = stream.byte() | (stream.byte() << 8);
      for (let i = 0; i < length; i++) stream.byte();
    }
    if ((flags & FLAG_NAME) !== 0) while (stream.byte() !== 0);
    if ((flags & FLAG_COMMENT) !== 0) while (stream.byte() !== 0);
    if ((flags & FLAG_HEADER_CRC) !== 0) for (let i = 0; i < 2; i++) stream.byte();
    this.#members++;
    return true;
  }

  #skipPadding(): false {
    while (!this.#stream.isAtEnd())
      if (this.#stream.byte() !== 0)
        throw this.#stream.corrupt(
          'after the end of the compressed data comes something that is not gzip',
        );
    return false;
  }

  #checkTrailer(): void {
    const stream = this.#stream;
    if (this.#word() !== this.#crc) throw stream.corrupt('the checksum of the data is wrong');
    if (this.#word() !== this.#size) throw stream.corrupt('the length of the data is wrong');
  }

  #word(): number {
    let word = 0;
    for (let shift = 0; shift < 32; shift += 8) word |= this.#stream.byte() << shift;
    return word >>> 0;
  }
}

import { crc32 } from 'node:zlib';
import { BitInput } from './bit-input.js';
import type { ByteSource } from './byte-source.js';
import { Inflate } from './inflate.js';

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
  readonly #input: BitInput;
  readonly #inflate: Inflate;
  #state: 'beforeMember' | 'inMember' | 'atEnd' = 'beforeMember';
  #members = 0;
  #crc = 0;
  /** Bytes of the member, modulo 2^32. */
  #size = 0;
  #next = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#input = new BitInput(source);
    this.#inflate = new Inflate(this.#input);
  }

  get path(): string {
    return this.#source.path;
  }

  get bytesRead(): number {
    return this.#source.bytesRead;
  }

  read(target: Uint8Array, offset: number, length: number): number {
    const inflate = this.#inflate;
    while (this.#next === inflate.end) if (!this.#advance()) return 0;
    const count = Math.min(length, inflate.end - this.#next);
    target.set(inflate.window.subarray(this.#next, this.#next + count), offset);
    this.#next += count;
    return count;
  }

  close(): void {
    this.#source.close();
  }

  /** One step towards more bytes; false at the end of the file. */
  #advance(): boolean {
    const inflate = this.#inflate;
    if (this.#state === 'atEnd') return false;
    if (this.#state === 'beforeMember') {
      if (!this.#readHeader()) {
        this.#state = 'atEnd';
        return false;
      }
      inflate.reset();
      this.#crc = this.#size = this.#next = 0;
      this.#state = 'inMember';
    } else if (inflate.finished) {
      this.#checkTrailer();
      this.#state = 'beforeMember';
    } else {
      inflate.run();
      this.#next = inflate.start;
      const bytes = inflate.window.subarray(inflate.start, inflate.end);
      this.#crc = crc32(bytes, this.#crc);
      this.#size = (this.#size + bytes.length) >>> 0;
    }
    return true;
  }

  /** False when the file ends here, with or without padding. */
  #readHeader(): boolean {
    const input = this.#input;
    if (this.#members > 0) {
      if (input.isAtEnd()) return false;
      if (input.data[input.position] === 0) return this.#skipPadding();
    }
    if (input.byte() !== 0x1f || input.byte() !== 0x8b)
      throw input.corrupt(
        this.#members === 0
          ? 'it does not begin like a gzip file; if it is not compressed, give it a name without .gz'
          : 'after the end of the compressed data comes something that is not gzip',
      );
    if (input.byte() !== 8) throw input.corrupt('the compression method is unknown');
    const flags = input.byte();
    if ((flags & RESERVED_FLAGS) !== 0) throw input.corrupt('the gzip header has unknown flags');
    for (let i = 0; i < 6; i++) input.byte();
    if ((flags & FLAG_EXTRA) !== 0) {
      const length = input.byte() | (input.byte() << 8);
      for (let i = 0; i < length; i++) input.byte();
    }
    if ((flags & FLAG_NAME) !== 0) while (input.byte() !== 0);
    if ((flags & FLAG_COMMENT) !== 0) while (input.byte() !== 0);
    if ((flags & FLAG_HEADER_CRC) !== 0) for (let i = 0; i < 2; i++) input.byte();
    this.#members++;
    return true;
  }

  #skipPadding(): false {
    while (!this.#input.isAtEnd())
      if (this.#input.byte() !== 0)
        throw this.#input.corrupt(
          'after the end of the compressed data comes something that is not gzip',
        );
    return false;
  }

  #checkTrailer(): void {
    const input = this.#input;
    input.alignToByte();
    if (this.#word() !== this.#crc) throw input.corrupt('the checksum of the data is wrong');
    if (this.#word() !== this.#size) throw input.corrupt('the length of the data is wrong');
  }

  #word(): number {
    let word = 0;
    for (let shift = 0; shift < 32; shift += 8) word |= this.#input.byte() << shift;
    return word >>> 0;
  }
}

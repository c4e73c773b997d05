import { constants, isAscii } from 'node:buffer';
import type { AsciiLines } from '@firesteel/codec';
import { returnReadBuffer, takeReadBuffer } from './buffer-pool.js';
import type { ByteSource } from './byte-source.js';
import { type Decode, decoderOf } from './encoding.js';
import { corruptInput } from './file-errors.js';
import { endOfLine, normalizeTerminators, startsWithByteOrderMark } from './line-bytes.js';

/** The lines of a text split, in order, a chunk at a time. */
export interface LineReader {
  /**
   * The next lines, about one 64 KB read buffer's worth and never none, in an array of the
   * caller's; null at the end. The strings may be slices that keep their whole chunk alive:
   * copy what is kept.
   *
   * @throws FiresteelError CORRUPT_INPUT, PATH_NOT_FOUND or PATH_NOT_READABLE
   */
  readChunk(): string[] | null;
  /** See `FileReader`. */
  readonly lines: AsciiLines | undefined;
  /**
   * Bytes of the file read so far, compressed ones for a compressed file. When the end of the
   * split was reached, the sum over all splits of a file is its size.
   */
  readonly bytesRead: number;
  /** Idempotent; also for stopping early. */
  close(): void;
}

export interface SplitLineReaderOptions {
  /** The split; `source` must stand at `firstByteToRead(startByte)`. */
  readonly startByte: number;
  readonly endByte: number;
  /** In which a byte of 0x0A or 0x0D is always a terminator; default `utf-8`. */
  readonly encoding?: string;
  /** For tests: the read buffer's size, at least 4; without it a pooled buffer is used. */
  readonly bufferBytes?: number;
  /** For tests: the longest line, at most and by default the longest string of V8. */
  readonly maxLineBytes?: number;
}

/**
 * Where reading must begin for a split: one byte early, because only the byte before the split
 * tells whether the split begins with the first byte of a line.
 */
export function firstByteToRead(startByte: number): number {
  return Math.max(0, startByte - 1);
}

/**
 * Reads the lines whose first byte lies in [startByte, endByte): the rule of Hadoop's
 * LineRecordReader. Both borders are found the same way, as the end of the first line terminator
 * at or after the byte before the border, so neighbouring splits always agree, also when a border
 * falls inside a CRLF pair or a multi-byte character.
 *
 * A line ends with LF, CRLF or a lone CR; the last one needs no terminator. A UTF-8 byte order
 * mark at the start of the file is skipped, invalid bytes become U+FFFD.
 *
 * Speed comes from doing everything per chunk, not per line: one search for CR (rewriting
 * terminators in place only if there is one), one cut at the last newline, one check for ASCII
 * that selects the cheap decoder, one `split`.
 */
export class SplitLineReader implements LineReader {
  readonly #source: ByteSource;
  readonly #startByte: number;
  readonly #endByte: number;
  readonly #maxLineBytes: number;
  readonly #isUtf8: boolean;
  readonly #decodeText: Decode;
  readonly #pooled: boolean;
  /** The buffer of normal size; `#buffer` is another one only while a longer line is in it. */
  #base: Buffer;
  #buffer: Buffer;
  #lines: AsciiLines | undefined;
  /** Bytes at the front of the buffer that belong to an unfinished line. */
  #carry = 0;
  /** Where they still are, behind the lines of the last chunk. */
  #carryFrom = 0;
  /** 1 when the last carried byte is a CR whose LF may follow, else 0. */
  #heldCr: 0 | 1 = 0;
  /** Offset in the file of the next byte to be read. */
  #position: number;
  /** Offset in the file of the first line of the split. */
  #firstLine = 0;
  #skipping: boolean;
  #done = false;
  #closed = false;

  constructor(source: ByteSource, options: SplitLineReaderOptions) {
    this.#source = source;
    this.#startByte = options.startByte;
    this.#endByte = options.endByte;
    this.#maxLineBytes = options.maxLineBytes ?? constants.MAX_STRING_LENGTH;
    const { encoding = 'utf-8' } = options;
    this.#isUtf8 = encoding === 'utf-8';
    this.#decodeText = decoderOf(encoding);
    this.#pooled = options.bufferBytes === undefined;
    this.#base =
      options.bufferBytes === undefined
        ? takeReadBuffer()
        : Buffer.allocUnsafeSlow(options.bufferBytes);
    this.#buffer = this.#base;
    this.#position = firstByteToRead(options.startByte);
    this.#skipping = options.startByte > 0;
    if (options.endByte <= options.startByte) this.#done = true;
  }

  get bytesRead(): number {
    if (this.#endByte === Number.POSITIVE_INFINITY) return this.#source.bytesRead;
    return this.#skipping ? 0 : Math.max(0, this.#position - this.#firstLine);
  }

  get lines(): AsciiLines | undefined {
    return this.#lines;
  }

  readChunk(): string[] | null {
    this.#lines = undefined;
    while (!this.#done) {
      const lines = this.#readLines();
      if (lines !== null) return lines;
    }
    this.close();
    return null;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#done = true;
    this.#source.close();
    if (this.#pooled) returnReadBuffer(this.#base);
    this.#base = this.#buffer = Buffer.alloc(0);
  }

  /** One read. Null when it did not complete a line. */
  #readLines(): string[] | null {
    const count = this.#fill();
    if (count === 0) return this.#atEndOfFile();
    // Searches begin at the carried CR, if any: the new bytes may complete its pair.
    let unseen = this.#carry - this.#heldCr;
    let view = this.#buffer.subarray(0, this.#carry + count);
    const viewStart = this.#position - view.length;
    if (this.#skipping) {
      const end = endOfLine(view, unseen);
      if (end === -1) {
        this.#skipAll(view);
        return null;
      }
      this.#skipping = false;
      this.#firstLine = viewStart + end;
      if (this.#firstLine >= this.#endByte) {
        this.#position = this.#firstLine;
        this.#done = true;
        return null;
      }
      view = this.#dropFirst(view, end);
      unseen = 0;
    }
    view = this.#cutAtEndOfSplit(view, unseen);
    if (viewStart === 0 && this.#startByte === 0 && this.#isUtf8 && startsWithByteOrderMark(view)) {
      view = this.#dropFirst(view, 3);
      unseen = 0;
    }
    const length = normalizeTerminators(view, unseen, this.#done);
    return this.#takeLines(length, unseen);
  }

  /** Reads after the carried bytes; the first read of a file goes on until a BOM would be whole. */
  #fill(): number {
    if (this.#carryFrom > 0)
      this.#buffer.copyWithin(0, this.#carryFrom, this.#carryFrom + this.#carry);
    this.#carryFrom = 0;
    this.#fitBuffer();
    let count = 0;
    do {
      const start = this.#carry + count;
      const n = this.#source.read(this.#buffer, start, this.#buffer.length - start);
      if (n === 0) break;
      this.#position += n;
      count += n;
    } while (this.#position < 3);
    return count;
  }

  /** Makes room for a line longer than the buffer, or goes back to the normal size after one. */
  #fitBuffer(): void {
    if (this.#carry === this.#buffer.length) {
      if (this.#carry >= this.#maxLineBytes)
        throw corruptInput(
          this.#source.path,
          this.#position - this.#carry,
          `a line is longer than ${this.#maxLineBytes} bytes, the longest possible string; is this a text file?`,
        );
      const size = Math.min(this.#buffer.length * 2, this.#maxLineBytes);
      const grown = Buffer.allocUnsafeSlow(size);
      this.#buffer.copy(grown, 0, 0, this.#carry);
      this.#buffer = grown;
    } else if (this.#buffer !== this.#base && this.#carry * 2 <= this.#base.length) {
      this.#buffer.copy(this.#base, 0, 0, this.#carry);
      this.#buffer = this.#base;
    }
  }

  #skipAll(view: Buffer): void {
    this.#heldCr = view[view.length - 1] === 13 ? 1 : 0;
    this.#carry = this.#heldCr;
    if (this.#heldCr === 1) view[0] = 13;
    // A line that covers the whole split belongs to an earlier one.
    if (this.#position >= this.#endByte) this.#done = true;
  }

  #dropFirst(view: Buffer, count: number): Buffer {
    view.copyWithin(0, count);
    return view.subarray(0, view.length - count);
  }

  /** Shortens the view to the end of the last line of the split, if it is in there. */
  #cutAtEndOfSplit(view: Buffer, unseen: number): Buffer {
    if (this.#position < this.#endByte) return view;
    const viewStart = this.#position - view.length;
    const end = endOfLine(view, Math.max(unseen, this.#endByte - 1 - viewStart));
    if (end === -1) return view;
    this.#position = viewStart + end;
    this.#done = true;
    return view.subarray(0, end);
  }

  /** The complete lines of the first `length` bytes of the buffer; the rest is carried. */
  #takeLines(length: number, unseen: number): string[] | null {
    const buffer = this.#buffer;
    this.#heldCr = length > 0 && buffer[length - 1] === 13 ? 1 : 0;
    const last = buffer.subarray(unseen, length).lastIndexOf(10) + unseen;
    if (last < unseen) {
      this.#carry = length;
      return null;
    }
    const bytes = buffer.subarray(0, last);
    const isText = isAscii(bytes);
    const lines = (isText ? bytes.toString('latin1') : this.#decodeText(bytes)).split('\n');
    if (isText) this.#lines = linesIn(buffer, lines);
    this.#carryFrom = last + 1;
    this.#carry = length - last - 1;
    return lines;
  }

  #atEndOfFile(): string[] | null {
    this.#done = true;
    if (Number.isFinite(this.#endByte) && this.#position < this.#endByte)
      throw corruptInput(
        this.#source.path,
        this.#position,
        `there is nothing from here on, but the file was at least ${this.#endByte} bytes long when the input was listed; keep input files unchanged while the job runs`,
      );
    if (this.#carry === 0 || this.#skipping) return null;
    return [this.#decodeText(this.#buffer.subarray(0, this.#carry - this.#heldCr))];
  }
}

/** Where these lines lie that were found at the front of the buffer. */
function linesIn({ buffer, byteOffset, length }: Buffer, lines: readonly string[]): AsciiLines {
  const starts = new Int32Array(lines.length + 1);
  let at = 0;
  for (let i = 0; i < lines.length; i++) {
    at += (lines[i] as string).length + 1;
    starts[i + 1] = at;
  }
  return { view: new DataView(buffer, byteOffset, length), starts, length: lines.length };
}

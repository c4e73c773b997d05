import { lineStrings } from '@firesteel/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from './byte-source.js';
import { firstByteToRead, SplitLineReader } from './line-reader.js';

/** A file in memory; `shortReads` makes some reads return less than was asked for. */
class MemoryFile implements ByteSource {
  readonly path = 'memory.txt';
  bytesRead = 0;
  closed = 0;
  #position: number;

  constructor(
    readonly content: Buffer,
    position = 0,
    readonly shortReads = false,
  ) {
    this.#position = position;
  }

  read(target: Uint8Array, offset: number, length: number): number {
    const wanted = this.shortReads ? Math.min(length, 1 + (this.#position % 3)) : length;
    const part = this.content.subarray(this.#position, this.#position + wanted);
    target.set(part, offset);
    this.#position += part.length;
    this.bytesRead += part.length;
    return part.length;
  }

  close(): void {
    this.closed++;
  }
}

interface ReadOptions {
  startByte?: number;
  endByte?: number;
  bufferBytes?: number;
  maxLineBytes?: number;
  shortReads?: boolean;
}

function open(content: Buffer, options: ReadOptions = {}): SplitLineReader {
  const { startByte = 0, endByte = content.length, shortReads, ...rest } = options;
  const source = new MemoryFile(content, firstByteToRead(startByte), shortReads);
  return new SplitLineReader(source, { startByte, endByte, ...rest });
}

function drain(reader: SplitLineReader): string[] {
  const lines: string[] = [];
  for (let chunk = reader.readChunk(); chunk !== null; chunk = reader.readChunk()) {
    expect(chunk.length).toBeGreaterThan(0);
    if (reader.lines !== undefined) expect(lineStrings(reader.lines)).toEqual(chunk);
    lines.push(...chunk);
  }
  return lines;
}

function read(content: string | Buffer, options: ReadOptions = {}): string[] {
  return drain(open(Buffer.from(content as string), options));
}

/** The meaning of a text file, without any regard to speed or splits. */
function linesOf(content: Buffer): string[] {
  const bom = content.subarray(0, 3).equals(Buffer.from('\ufeff')) ? 3 : 0;
  const text = content.toString('latin1', bom);
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => Buffer.from(line, 'latin1').toString('utf8'));
}

describe('SplitLineReader on whole files', () => {
  it.each([
    ['nothing', '', []],
    ['LF', 'a\nb\n', ['a', 'b']],
    ['CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['lone CR', 'a\rb\r', ['a', 'b']],
    ['all of them', 'a\rb\nc\r\nd\n\re', ['a', 'b', 'c', 'd', '', 'e']],
    ['no last newline', 'a\nb', ['a', 'b']],
    ['empty lines', '\n\na\n\n', ['', '', 'a', '']],
    ['empty CRLF lines', '\r\n\r\r\n', ['', '', '']],
    ['one newline', '\n', ['']],
    ['a BOM', '\ufeffa\nb\n', ['a', 'b']],
    ['a BOM and nothing else', '\ufeff', []],
    ['a BOM and a newline', '\ufeff\n', ['']],
    ['only the first of two BOMs', '\ufeff\ufeffa\n\ufeffb', ['\ufeffa', '\ufeffb']],
    ['multi-byte characters', 'ä€😀\n日本\n', ['ä€😀', '日本']],
    ['NUL and other controls', 'a\0b\u0085c\u2028d\ve\ff\n', ['a\0b\u0085c\u2028d\ve\ff']],
  ])('reads %s', (_name, content, lines) => {
    expect(read(content)).toEqual(lines);
    expect(read(content, { bufferBytes: 4 })).toEqual(lines);
    expect(read(content, { shortReads: true })).toEqual(lines);
  });

  it('decodes invalid UTF-8 as U+FFFD and goes on', () => {
    const content = Buffer.from([0x61, 0xff, 0x62, 10, 0xc3, 10, 0xe2, 0x82, 10, 0x63]);
    expect(read(content)).toEqual(['a\ufffdb', '\ufffd', '\ufffd', 'c']);
  });

  it('decodes ASCII and other chunks of one file alike', () => {
    const content = `${'plain\n'.repeat(10)}${'größer\n'.repeat(10)}${'plain\n'.repeat(10)}`;
    expect(read(content, { bufferBytes: 16 })).toEqual(content.split('\n').slice(0, -1));
  });

  it('knows where the lines of a chunk lie if all of it is ASCII and ends with a newline', () => {
    const reader = open(Buffer.from('a\r\nb\nü\nlast'), { bufferBytes: 5 });
    const chunks: [string[], boolean][] = [];
    for (let chunk = reader.readChunk(); chunk !== null; chunk = reader.readChunk())
      chunks.push([chunk, reader.lines !== undefined]);
    expect(chunks).toEqual([
      [['a', 'b'], true],
      [['ü'], false],
      [['last'], false],
    ]);
  });

  it('reads lines much longer than its buffer, then short ones in small chunks again', () => {
    const long = 'x'.repeat(10_000);
    const reader = open(Buffer.from(`${long}\n${'short\n'.repeat(10_000)}`), { bufferBytes: 64 });
    expect(reader.readChunk()?.[0]).toBe(long);
    let largest = 0;
    reader.readChunk();
    for (let chunk = reader.readChunk(); chunk !== null; chunk = reader.readChunk())
      largest = Math.max(largest, chunk.length);
    expect(largest).toBeLessThanOrEqual(11);
    expect(largest).toBeGreaterThan(0);
  });

  it('refuses a line that no string can hold, naming file and byte', () => {
    const reader = open(Buffer.from(`ab\n${'x'.repeat(100)}\n`), {
      bufferBytes: 8,
      maxLineBytes: 50,
    });
    expect(reader.readChunk()).toEqual(['ab']);
    expect(() => drain(reader)).toThrowError(
      expect.objectContaining({
        code: 'CORRUPT_INPUT',
        message: expect.stringContaining('a line is longer than 50 bytes'),
        data: { path: 'memory.txt', byte: 3 },
      }),
    );
  });

  it('accepts a line of exactly the longest length', () => {
    const line = 'x'.repeat(49);
    expect(read(`${line}\n`, { bufferBytes: 8, maxLineBytes: 50 })).toEqual([line]);
  });

  it('reports a file that ends before the split does', () => {
    expect(() => read('a\nb\n', { endByte: 10 })).toThrowError(
      expect.objectContaining({ code: 'CORRUPT_INPUT', data: { path: 'memory.txt', byte: 4 } }),
    );
    expect(() => read('a\nb\n', { startByte: 8, endByte: 10 })).toThrowError(
      expect.objectContaining({ code: 'CORRUPT_INPUT' }),
    );
  });

  it('ignores what was appended after the split was made', () => {
    expect(read('a\nb\nappended\n', { endByte: 4 })).toEqual(['a', 'b']);
  });

  it('closes its source once, at the end, and gives nothing after it', () => {
    const source = new MemoryFile(Buffer.from('a\nb'));
    const reader = new SplitLineReader(source, { startByte: 0, endByte: 3 });
    expect(drain(reader)).toEqual(['a', 'b']);
    expect(source.closed).toBe(1);
    reader.close();
    expect(reader.readChunk()).toBeNull();
    expect(source.closed).toBe(1);
  });

  it('can be closed early', () => {
    const source = new MemoryFile(Buffer.from('a\nb\nc\n'));
    const reader = new SplitLineReader(source, { startByte: 0, endByte: 6, bufferBytes: 4 });
    expect(reader.readChunk()).toEqual(['a', 'b']);
    reader.close();
    expect(source.closed).toBe(1);
    expect(reader.readChunk()).toBeNull();
  });

  it('does not mix up readers that share the buffer pool', () => {
    const first = open(Buffer.from('a\n'.repeat(200_000)));
    const second = open(Buffer.from('b\n'.repeat(200_000)));
    const third = () => open(Buffer.from('c\n'.repeat(200_000)));
    const kinds = (reader: SplitLineReader) => [...new Set(reader.readChunk())];
    expect([first, second, first, second].map(kinds)).toEqual([['a'], ['b'], ['a'], ['b']]);
    first.close();
    expect([third(), second, third(), second].map(kinds)).toEqual([['c'], ['b'], ['c'], ['b']]);
  });
});

describe('SplitLineReader on splits', () => {
  it.each([
    ['in the middle of a line', 'abc\ndef\n', 1, ['abc'], ['def']],
    ['at the start of a line', 'abc\ndef\n', 4, ['abc'], ['def']],
    ['between CR and LF', 'abc\r\ndef\r\n', 4, ['abc'], ['def']],
    ['after CRLF', 'abc\r\ndef\r\n', 5, ['abc'], ['def']],
    ['after a lone CR', 'abc\rdef\r', 4, ['abc'], ['def']],
    ['inside a multi-byte character', 'a€b\nc', 2, ['a€b'], ['c']],
    ['inside the BOM', '\ufeffab\nc', 1, ['ab'], ['c']],
    ['in the last line', 'a\nbcd', 3, ['a', 'bcd'], []],
    ['before an empty line', 'a\n\nb', 2, ['a'], ['', 'b']],
  ])('assigns lines for a border %s', (_name, content, border, before, after) => {
    expect(read(content, { endByte: border })).toEqual(before);
    expect(read(content, { startByte: border, endByte: Buffer.byteLength(content) })).toEqual(
      after,
    );
  });

  it('reads no line twice or never, for any content, borders and buffer size', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\r\n', '\ufeff', 'ä', '€', '😀', ''),
      fc.string({ maxLength: 8 }),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    );
    const content = fc.oneof(
      fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join(''))),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(fc.constantFrom(10, 13, 65, 0xc3, 0xa4), { maxLength: 60 })
        .map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(
        content,
        fc.array(fc.nat(100), { maxLength: 8 }),
        fc.integer({ min: 4, max: 40 }),
        fc.boolean(),
        (bytes, points, bufferBytes, shortReads) => {
          const inside = points.map((point) => point % (bytes.length + 1));
          const borders = [0, ...inside.sort((a, b) => a - b), bytes.length];
          let bytesRead = 0;
          const lines = borders.slice(1).flatMap((endByte, i) => {
            const startByte = borders[i] as number;
            const reader = open(bytes, { startByte, endByte, bufferBytes, shortReads });
            const part = drain(reader);
            bytesRead += reader.bytesRead;
            return part;
          });
          expect(lines).toEqual(linesOf(bytes));
          expect(bytesRead).toBe(bytes.length);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('stops looking for its first line at the end of the split', () => {
    const content = Buffer.from(`${'x'.repeat(10_000)}\n`);
    const source = new MemoryFile(content, 99);
    const reader = new SplitLineReader(source, { startByte: 100, endByte: 200, bufferBytes: 64 });
    expect(drain(reader)).toEqual([]);
    expect(source.bytesRead).toBeLessThanOrEqual(2 * 64);
  });
});

import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from './byte-source.js';
import { GunzipSource } from './gunzip-source.js';

class MemoryFile implements ByteSource {
  readonly path = 'memory.gz';
  bytesRead = 0;

  constructor(
    readonly content: Uint8Array,
    readonly readBytes = Number.POSITIVE_INFINITY,
  ) {}

  read(target: Uint8Array, offset: number, length: number): number {
    const part = this.content.subarray(
      this.bytesRead,
      this.bytesRead + Math.min(length, this.readBytes),
    );
    target.set(part, offset);
    this.bytesRead += part.length;
    return part.length;
  }

  close(): void {}
}

function gunzip(content: Uint8Array, readBytes?: number, outBytes = 70_000): Buffer {
  const source = new GunzipSource(new MemoryFile(content, readBytes));
  const parts: Buffer[] = [];
  const buffer = Buffer.alloc(outBytes);
  for (let n = source.read(buffer, 0, outBytes); n > 0; n = source.read(buffer, 0, outBytes))
    parts.push(Buffer.from(buffer.subarray(0, n)));
  return Buffer.concat(parts);
}

/** Text that compresses like text: words of a small vocabulary, from a seed. */
function words(count: number, seed = 1): Buffer {
  let state = seed;
  const parts: string[] = [];
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    parts.push(((state >>> 8) % 5000).toString(36));
  }
  return Buffer.from(parts.join(' '));
}

function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 7;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY } = constants;

describe('GunzipSource', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('x')],
    ['words over several windows', words(150_000)],
    ['incompressible bytes (stored blocks)', noise(300_000)],
    ['one long run (overlapping matches)', Buffer.alloc(500_000, 'a')],
    ['a run of period 3', Buffer.alloc(200_000, 'abc')],
    ['matches 32 KB back', Buffer.concat([noise(32_768), noise(32_768), noise(32_768)])],
  ])('decompresses %s, at every level and strategy', (_name, text) => {
    for (const level of [0, 1, 6, 9])
      expect(gunzip(gzipSync(text, { level })).equals(text)).toBe(true);
    for (const strategy of [Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY])
      expect(gunzip(gzipSync(text, { strategy, memLevel: 1 })).equals(text)).toBe(true);
  });

  it('agrees with zlib on any bytes, however they arrive', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 2000 }),
          fc
            .array(fc.constantFrom('the ', 'quick ', 'fox ', '\n', 'zz'), { maxLength: 500 })
            .map((parts) => Buffer.from(parts.join(''))),
        ),
        fc.constantFrom(0, 1, 6, 9),
        fc.constantFrom(Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 5000 }),
        (bytes, level, strategy, readBytes, outBytes) => {
          const zipped = gzipSync(bytes, { level, strategy });
          expect(gunzip(zipped, readBytes, outBytes).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads concatenated members as one text, empty ones and padding included', () => {
    const file = Buffer.concat([
      gzipSync('one\n'),
      gzipSync(''),
      gzipSync(words(50_000)),
      gzipSync('last'),
      Buffer.alloc(1000),
    ]);
    const text = `one\n${words(50_000)}last`;
    expect(gunzip(file).toString()).toBe(text);
    expect(gunzip(file, 7).toString()).toBe(text);
  });

  it('does not let a match reach back into the member before', () => {
    const dictionary = Buffer.from('abcdefghijklmnop');
    const body = deflateRawSync('abcdefghijklmnop', { dictionary });
    const header = gzipSync('').subarray(0, 10);
    const file = Buffer.concat([gzipSync(dictionary), header, body, Buffer.alloc(8)]);
    expect(() => gunzip(file)).toThrowError(/a match refers to data before the beginning/);
  });

  it('skips the optional fields of the header', () => {
    const plain = gzipSync('text');
    const flags = 2 | 4 | 8 | 16;
    const fields = Buffer.from('\x03\0abcname\0comment\0\x12\x34', 'latin1');
    const file = Buffer.concat([plain.subarray(0, 10), fields, plain.subarray(10)]);
    file[3] = flags;
    expect(gunzip(file).toString()).toBe('text');
  });

  it('reports a file cut off anywhere, with its length', () => {
    const whole = gzipSync(words(300));
    for (let length = 0; length < whole.length; length++)
      expect(() => gunzip(whole.subarray(0, length))).toThrowError(
        expect.objectContaining({
          code: 'CORRUPT_INPUT',
          data: { path: 'memory.gz', byte: length },
          message: expect.stringContaining('cut off'),
        }),
      );
  });

  it('never returns wrong data: a changed byte is an error, or it did not matter', () => {
    const text = words(200);
    const whole = gzipSync(text);
    let errors = 0;
    for (let i = 0; i < whole.length; i++) {
      for (const change of [1, 16, 128, 255]) {
        const damaged = Buffer.from(whole);
        damaged[i] = (damaged[i] as number) ^ change;
        let result: Buffer;
        try {
          result = gunzip(damaged);
        } catch (error) {
          expect(error, `byte ${i} ^ ${change}`).toMatchObject({ code: 'CORRUPT_INPUT' });
          errors++;
          continue;
        }
        expect(result.equals(text), `byte ${i} ^ ${change}`).toBe(true);
      }
    }
    // What does not matter: time, flags and system in the header, and the last few unused bits.
    expect(errors).toBeGreaterThanOrEqual((whole.length - 7) * 4 - 4);
  });

  it('names the byte of the damage', () => {
    const first = gzipSync(words(100));
    const bad = Buffer.concat([first, Buffer.from('garbage')]);
    expect(() => gunzip(bad)).toThrowError(
      expect.objectContaining({
        code: 'CORRUPT_INPUT',
        message: expect.stringMatching(/"memory\.gz" is damaged at byte \d+: after the end/),
      }),
    );
    try {
      gunzip(bad);
    } catch (error) {
      const { byte } = (error as { data: { byte: number } }).data;
      expect(byte - first.length).toBeGreaterThan(0);
      expect(byte - first.length).toBeLessThanOrEqual(2);
    }
  });

  it.each([
    ['plain text', Buffer.from('hello world, not compressed\n'), /does not begin like a gzip/],
    ['an unknown method', Buffer.from([0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 0]), /method is unknown/],
    ['reserved flags', Buffer.from([0x1f, 0x8b, 8, 0x80, 0, 0, 0, 0, 0, 0]), /unknown flags/],
    ['garbage behind padding', Buffer.concat([gzipSync('a'), Buffer.from([0, 0, 1])]), /not gzip/],
  ])('refuses %s', (_name, file, message) => {
    expect(() => gunzip(file)).toThrowError(message);
  });

  it.each([
    ['a reserved block type', [0b111], /unknown type/],
    ['a stored length that does not match', [0b001, 1, 0, 1, 0], /wrong length/],
    ['a repeat before the first code length', [0x05, 0xe0, 0x81, 0x08, 0, 0, 0], /impossible/],
    ['a distance symbol that is not one', [0x4b, 0x04, 0x3e], /not in its table/],
  ])('refuses %s', (_name, body, message) => {
    const header = gzipSync('').subarray(0, 10);
    const file = Buffer.concat([header, Buffer.from(body), Buffer.alloc(300, 0xff)]);
    expect(() => gunzip(file)).toThrowError(
      expect.objectContaining({
        code: 'CORRUPT_INPUT',
        message: expect.stringMatching(message),
      }),
    );
  });
});

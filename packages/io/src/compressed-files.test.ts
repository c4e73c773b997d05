import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Compression } from '@firesteel/plan';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compressionOfName } from './compression.js';
import { loadCompression } from './frame-codec.js';
import { openBytes, readAll } from './open-bytes.js';

/*
 * Files of the reference encoders, lz4 1.9.4 and zstd 1.5.4:
 *   linked.lz4   lz4 -9 -B4 -BD            blocks of 64 KiB that refer to those before them
 *   checked.lz4  … -BX --content-size      with a checksum for each block, and the size
 *   checked.zst  zstd -19 --check
 *   frames.*     two frames, the first without a checksum (--no-frame-crc, --no-check), and a
 *                skippable frame behind each of them
 */
const fixtures = path.join(import.meta.dirname, 'testing/compressed');
const text = 'spark and tinder\n'.repeat(4200);
const expected: Readonly<Record<string, string>> = {
  'checked.lz4': text,
  'checked.zst': text,
  'frames.lz4': 'first line\nlast line\n',
  'frames.zst': 'first line\nlast line\n',
  'linked.lz4': text,
};
let root: string;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'firesteel-io-'));
  for (const compression of ['lz4', 'zstd'] as const) await loadCompression(compression);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function textOf(file: string, compression: Compression): string {
  return readAll(openBytes(file, compression)).toString('latin1');
}

describe('a compressed file of another encoder', () => {
  it('of every fixture is known to this test', () => {
    expect(readdirSync(fixtures).sort()).toEqual(Object.keys(expected));
  });

  describe.each(Object.entries(expected))('%s', (name, content) => {
    const bytes = readFileSync(path.join(fixtures, name));
    const compression = compressionOfName(name);
    const read = (changed: Uint8Array): string => {
      const file = path.join(root, name);
      writeFileSync(file, changed);
      return textOf(file, compression);
    };
    const readOrError = (changed: Uint8Array): unknown => {
      try {
        return read(changed);
      } catch (error) {
        return error;
      }
    };
    const corrupt = expect.objectContaining({
      code: 'CORRUPT_INPUT',
      message: expect.stringMatching(/damaged at byte \d+: /),
    });

    it('is read', () => {
      expect(read(bytes)).toBe(content);
    });

    it('is read when it is repeated', () => {
      expect(read(Buffer.concat([bytes, bytes]))).toBe(content + content);
    });

    it('is damaged when it is cut anywhere but between frames', () => {
      for (let length = 1; length < bytes.length; length++) {
        const outcome = readOrError(bytes.subarray(0, length));
        if (typeof outcome !== 'string') expect(outcome, `cut at ${length}`).toEqual(corrupt);
        else
          expect([name, outcome]).toEqual([expect.stringContaining('frames'), expect.anything()]);
        if (typeof outcome === 'string') expect(content.startsWith(outcome)).toBe(true);
      }
    });

    it('never gives other data when a byte is changed, where checksums are', () => {
      // The first frame of these has none, and what is skipped does not matter.
      if (name.startsWith('frames')) return;
      for (let i = 0; i < bytes.length; i++) {
        const changed = Buffer.from(bytes);
        changed[i] = (changed[i] as number) ^ 0x15;
        const outcome = readOrError(changed);
        if (outcome !== content) expect(outcome, `byte ${i}`).toEqual(corrupt);
      }
    });

    it('fails in a typed way for whatever byte is changed', () => {
      for (let i = 0; i < bytes.length; i++) {
        const changed = Buffer.from(bytes);
        changed[i] = (changed[i] as number) ^ 0xff;
        const outcome = readOrError(changed);
        if (typeof outcome !== 'string') expect(outcome, `byte ${i}`).toEqual(corrupt);
      }
    });
  });
});

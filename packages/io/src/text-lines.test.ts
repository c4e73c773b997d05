import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FilePart } from '@firesteel/plan';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TEXT, textParts } from './testing/text-parts.js';
import { openLines } from './text-lines.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'firesteel-io-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(name: string, content: string | Buffer): string {
  const file = path.join(root, name);
  writeFileSync(file, content);
  return file;
}

function readSplits(splits: readonly FilePart[]): { lines: string[]; bytesRead: number } {
  const lines: string[] = [];
  let bytesRead = 0;
  for (const split of splits) {
    const reader = openLines(split, TEXT.encoding);
    for (let chunk = reader.readChunk(); chunk !== null; chunk = reader.readChunk())
      for (const line of chunk) lines.push(line);
    bytesRead += reader.bytesRead;
  }
  return { lines, bytesRead };
}

const manyLines = Array.from({ length: 40_000 }, (_, i) => `line ${i} ${i % 7 ? 'äß' : 'plain'}`);

describe('openFilePart', () => {
  it.each(['\n', '\r\n', '\r'])('reads real files with terminator %j over many splits', (eol) => {
    const content = `\ufeff${manyLines.join(eol)}`;
    const file = put('a.txt', content);
    for (const minPartitions of [1, 2, 7, 100]) {
      const { lines, bytesRead } = readSplits(textParts(file, minPartitions));
      expect(lines).toEqual(manyLines);
      expect(bytesRead).toBe(Buffer.byteLength(content));
    }
  });

  it.each(['a.gz', 'b.GZ'])('reads the gzip file %s, counting compressed bytes', (name) => {
    const half = manyLines.length / 2;
    const text = (part: string[]) => `${part.join('\r\n')}\r\n`;
    const content = Buffer.concat([
      gzipSync(`\ufeff${text(manyLines.slice(0, half))}`),
      gzipSync(text(manyLines.slice(half))),
    ]);
    const { lines, bytesRead } = readSplits(textParts(put(name, content), 5));
    expect(lines).toEqual(manyLines);
    expect(bytesRead).toBe(content.length);
  });

  it('joins a line that goes on in the next gzip member', () => {
    const file = put('a.gz', Buffer.concat([gzipSync('one tw'), gzipSync('o\nthree')]));
    expect(readSplits(textParts(file, 1)).lines).toEqual(['one two', 'three']);
  });

  it('reports a damaged gzip file with path and byte', () => {
    const file = put('a.gz', gzipSync(manyLines.join('\n')).subarray(0, 5000));
    expect(() => readSplits(textParts(file, 1))).toThrowError(
      expect.objectContaining({
        code: 'CORRUPT_INPUT',
        message: expect.stringContaining(`"${file}" is damaged at byte 5000`),
        data: { path: file, byte: 5000 },
      }),
    );
  });

  it('reports a file that was deleted after listing', () => {
    const file = put('a.txt', 'text\n');
    const splits = textParts(file, 1);
    rmSync(file);
    expect(() => readSplits(splits)).toThrowError(
      expect.objectContaining({
        code: 'PATH_NOT_FOUND',
        message: expect.stringContaining(file),
        data: { path: file },
      }),
    );
  });

  it('reports a file that became shorter after listing', () => {
    const file = put('a.txt', 'text\n'.repeat(100));
    const splits = textParts(file, 4);
    truncateSync(file, 200);
    expect(readSplits(splits.slice(0, 1)).lines).toHaveLength(25);
    for (const split of splits.slice(1))
      expect(() => readSplits([split])).toThrowError(
        expect.objectContaining({
          code: 'CORRUPT_INPUT',
          message: expect.stringContaining(`at least ${split.endByte} bytes long`),
        }),
      );
  });

  it('reports a directory in the place of the file', () => {
    const split = { startByte: 0, endByte: 9, compression: 'none' } as const;
    expect(() => readSplits([{ ...split, path: root }])).toThrowError(
      expect.objectContaining({
        code: 'PATH_NOT_READABLE',
        message: expect.stringContaining('it is a directory (EISDIR)'),
      }),
    );
  });

  it('reads gzip with memory that does not grow with the file', () => {
    const member = gzipSync(`${'x'.repeat(999)}\n`.repeat(10_000));
    const file = put('big.gz', Buffer.concat(Array.from({ length: 10 }, () => member)));
    const [split] = textParts(file, 1);
    const reader = openLines(split as FilePart, TEXT.encoding);
    const before = process.memoryUsage().arrayBuffers;
    let lines = 0;
    let most = 0;
    for (let chunk = reader.readChunk(); chunk !== null; chunk = reader.readChunk()) {
      lines += chunk.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    expect(lines).toBe(100_000);
    expect(most - before).toBeLessThan(10_000_000);
  });
});

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listTextSplits } from './list-splits.js';
import { abortTextOutput, commitTextOutput, prepareTextOutput } from './text-output.js';
import { openTextPart } from './text-part-writer.js';
import { openTextSplit } from './text-split.js';

let root: string;
let out: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'firesteel-io-'));
  out = path.join(root, 'out');
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(partition: number, lines: string[], compression: 'none' | 'gzip' = 'none'): number {
  const part = openTextPart(out, partition, 0, compression);
  part.writeLines(lines);
  return part.commit().bytes;
}

function text(name: string): string {
  return readFileSync(path.join(out, name), 'utf8');
}

describe('a text output', () => {
  it('publishes one file for each partition, then the marker', () => {
    prepareTextOutput(out);
    expect(readdirSync(out)).toEqual(['_temporary']);
    expect(write(0, ['a', 'größer', ''])).toBe(12);
    expect(write(1, [])).toBe(0);
    expect(write(123_456, ['z'])).toBe(2);
    expect(existsSync(path.join(out, '_SUCCESS'))).toBe(false);
    commitTextOutput(out);
    expect(readdirSync(out).sort()).toEqual([
      '_SUCCESS',
      'part-00000',
      'part-00001',
      'part-123456',
    ]);
    expect(text('part-00000')).toBe('a\ngrößer\n\n');
    expect(text('part-00001')).toBe('');
    expect(text('_SUCCESS')).toBe('');
  });

  it('can be read back, with the marker ignored', () => {
    prepareTextOutput(out);
    write(0, ['a', 'b']);
    write(1, ['c'], 'gzip');
    commitTextOutput(out);
    const lines = listTextSplits(out, 1).flatMap((split) => openTextSplit(split).readChunk() ?? []);
    expect(lines).toEqual(['a', 'b', 'c']);
  });

  it.each(['none', 'gzip'] as const)(
    'writes many and long lines, compression %s',
    (compression) => {
      prepareTextOutput(out);
      const lines = Array.from({ length: 50_000 }, (_, i) => `${i} ${'ä'.repeat(i % 50)}`);
      lines.push('x'.repeat(3_000_000), '');
      const part = openTextPart(out, 0, 0, compression);
      for (let i = 0; i < lines.length; i += 999) part.writeLines(lines.slice(i, i + 999));
      const { bytes } = part.commit();
      const file = path.join(out, compression === 'gzip' ? 'part-00000.gz' : 'part-00000');
      const content = readFileSync(file);
      expect(bytes).toBe(content.length);
      const plain = compression === 'gzip' ? gunzipSync(content) : content;
      expect(plain.toString()).toBe(`${lines.join('\n')}\n`);
    },
  );

  it('writes an empty gzip part as a valid gzip file', () => {
    prepareTextOutput(out);
    expect(write(0, [], 'gzip')).toBeGreaterThan(0);
    expect(gunzipSync(readFileSync(path.join(out, 'part-00000.gz')))).toHaveLength(0);
  });

  it('creates parent directories and accepts file: URLs', () => {
    out = path.join(root, 'a b/ü/out');
    prepareTextOutput(pathToFileURL(out).href);
    const part = openTextPart(pathToFileURL(out).href, 0, 0, 'none');
    part.writeLines(['x']);
    part.commit();
    commitTextOutput(pathToFileURL(out).href);
    expect(text('part-00000')).toBe('x\n');
  });

  it.each([
    ['a directory', () => mkdirSync(out)],
    ['a file', () => writeFileSync(out, 'precious')],
    ['a broken symbolic link', () => symlinkSync(path.join(root, 'gone'), out)],
  ])('refuses %s that exists, and leaves it alone when aborted', (_name, create) => {
    create();
    const before = readdirSync(root);
    expect(() => prepareTextOutput(out)).toThrowError(
      expect.objectContaining({
        code: 'OUTPUT_EXISTS',
        message: expect.stringContaining(`"${out}" exists already. Delete it or choose another`),
        data: { path: out },
      }),
    );
    abortTextOutput(out);
    expect(readdirSync(root)).toEqual(before);
  });

  it('refuses a parent that is a file, naming the cause', () => {
    writeFileSync(path.join(root, 'file'), '');
    expect(() => prepareTextOutput(path.join(root, 'file/out'))).toThrowError(
      expect.objectContaining({
        code: 'OUTPUT_FAILED',
        message: expect.stringMatching(
          /parent of the output directory .*(in the way|not a directory)/,
        ),
      }),
    );
    expect(() => prepareTextOutput('/')).toThrowError(
      expect.objectContaining({ code: 'OUTPUT_EXISTS' }),
    );
  });
});

describe('attempts of one partition', () => {
  it('publish only once: the first commit wins', () => {
    prepareTextOutput(out);
    const first = openTextPart(out, 0, 0, 'none');
    const second = openTextPart(out, 0, 1, 'none');
    second.writeLines(['second']);
    first.writeLines(['first, longer']);
    expect(second.commit()).toEqual({ bytes: 7 });
    expect(first.commit()).toEqual({ bytes: 7 });
    expect(text('part-00000')).toBe('second\n');
    expect(readdirSync(path.join(out, '_temporary'))).toEqual([]);
  });

  it('show nothing before they commit, and nothing when they abort', () => {
    prepareTextOutput(out);
    const part = openTextPart(out, 0, 0, 'none');
    part.writeLines(['x'.repeat(1_000_000)]);
    expect(readdirSync(out)).toEqual(['_temporary']);
    part.abort();
    part.abort();
    expect(readdirSync(path.join(out, '_temporary'))).toEqual([]);
    expect(readdirSync(out)).toEqual(['_temporary']);
  });

  it('keep what they committed when aborted afterwards', () => {
    prepareTextOutput(out);
    const part = openTextPart(out, 0, 0, 'none');
    part.writeLines(['x']);
    part.commit();
    part.abort();
    expect(text('part-00000')).toBe('x\n');
  });

  it('start over when the same attempt is opened again', () => {
    prepareTextOutput(out);
    openTextPart(out, 0, 0, 'none').writeLines(['y'.repeat(200_000)]);
    write(0, ['x']);
    expect(text('part-00000')).toBe('x\n');
  });

  it('left over by lost executors are removed by the commit', () => {
    prepareTextOutput(out);
    openTextPart(out, 0, 0, 'none').writeLines(['y'.repeat(200_000)]);
    openTextPart(out, 0, 1, 'none').commit();
    commitTextOutput(out);
    expect(readdirSync(out).sort()).toEqual(['_SUCCESS', 'part-00000']);
  });

  it('report a full disk with the path', () => {
    prepareTextOutput(out);
    const attempt = path.join(out, '_temporary/attempt-0-0');
    mkdirSync(attempt);
    symlinkSync('/dev/full', path.join(attempt, 'part-00000'));
    const part = openTextPart(out, 0, 0, 'none');
    const failure = expect.objectContaining({
      code: 'OUTPUT_FAILED',
      message: `Could not write output file "${out}/part-00000": no space left on the device (ENOSPC).`,
      data: { path: path.join(out, 'part-00000') },
    });
    expect(() => part.writeLines(['x'.repeat(1_000_000)])).toThrowError(failure);
    part.abort();
    expect(readdirSync(path.join(out, '_temporary'))).toEqual([]);
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  it('report what stands in their way', () => {
    prepareTextOutput(out);
    writeFileSync(path.join(out, '_temporary/attempt-0-0'), '');
    expect(() => openTextPart(out, 0, 0, 'none')).toThrowError(
      expect.objectContaining({ code: 'OUTPUT_FAILED' }),
    );
  });
});

describe('an aborted text output', () => {
  it('removes the directory and the parents made for it', () => {
    out = path.join(root, 'a/b/out');
    prepareTextOutput(out);
    write(0, ['x']);
    abortTextOutput(out);
    expect(readdirSync(root)).toEqual([]);
  });

  it('keeps parents that hold something else, and those that were there', () => {
    out = path.join(root, 'a/b/out');
    mkdirSync(path.join(root, 'a'));
    prepareTextOutput(out);
    writeFileSync(path.join(root, 'a/b/other'), '');
    abortTextOutput(out);
    expect(readdirSync(path.join(root, 'a/b'))).toEqual(['other']);
    rmSync(path.join(root, 'a/b'), { recursive: true });
    prepareTextOutput(out);
    abortTextOutput(out);
    expect(readdirSync(root)).toEqual(['a']);
  });

  it('does not come back through a task that is still running', () => {
    prepareTextOutput(out);
    const part = openTextPart(out, 0, 0, 'none');
    part.writeLines(['x']);
    abortTextOutput(out);
    const gone = expect.objectContaining({ code: 'OUTPUT_FAILED' });
    expect(() => part.commit()).toThrowError(gone);
    expect(() => openTextPart(out, 0, 1, 'none')).toThrowError(gone);
    expect(readdirSync(root)).toEqual([]);
  });

  it('is not removed any more once it was committed', () => {
    prepareTextOutput(out);
    write(0, ['x']);
    commitTextOutput(out);
    abortTextOutput(out);
    expect(readdirSync(out).sort()).toEqual(['_SUCCESS', 'part-00000']);
  });

  it('can be written again', () => {
    prepareTextOutput(out);
    abortTextOutput(out);
    prepareTextOutput(out);
    write(0, ['x']);
    commitTextOutput(out);
    expect(text('part-00000')).toBe('x\n');
  });

  it('cannot be committed when its directory is gone', () => {
    prepareTextOutput(out);
    rmSync(out, { recursive: true });
    expect(() => commitTextOutput(out)).toThrowError(
      expect.objectContaining({ code: 'OUTPUT_FAILED' }),
    );
    abortTextOutput(out);
  });
});

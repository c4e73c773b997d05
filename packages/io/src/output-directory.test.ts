import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FileOutput, WrittenPart } from '@firesteel/plan';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginOutput } from './output-directory.js';
import { openPart } from './part-writer.js';

let root: string;
let out: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'firesteel-io-')));
  out = path.join(root, 'out');
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

let outputs = 0;

function output(more: Partial<FileOutput> = {}): FileOutput {
  return {
    path: out,
    id: `id${outputs++}`,
    mode: 'error',
    format: 'text',
    compression: 'none',
    ...more,
  };
}

function write(to: FileOutput, partition: number, lines: string[], attempt = 0): WrittenPart {
  const part = openPart(to, partition, attempt);
  for (const line of lines) part.add(line);
  return part.finish();
}

function save(partitions: string[][], more: Partial<FileOutput> = {}): void {
  const to = output(more);
  const job = beginOutput(to);
  job.commit(partitions.map((lines, p) => write(to, p, lines)));
}

function contents(directory = out): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory)
      .sort()
      .map((name) => [name, readFileSync(path.join(directory, name), 'utf8')]),
  );
}

const failed = expect.objectContaining({ code: 'OUTPUT_FAILED' });
const exists = expect.objectContaining({ code: 'OUTPUT_EXISTS' });

describe('an output directory', () => {
  it('holds one file for each partition and the marker', () => {
    const to = output();
    const job = beginOutput(to);
    expect(readdirSync(out)).toEqual(['_temporary']);
    const parts = [write(to, 0, ['a', 'größer', '']), write(to, 1, []), write(to, 123_456, ['z'])];
    expect(parts.map(({ bytes }) => bytes)).toEqual([12, 0, 2]);
    expect(readdirSync(out)).toEqual(['_temporary']);
    job.commit(parts);
    expect(contents()).toEqual({
      _SUCCESS: '',
      'part-00000': 'a\ngrößer\n\n',
      'part-00001': '',
      'part-123456': 'z\n',
    });
  });

  it('is made with its parents, also for a file: URL', () => {
    out = path.join(root, 'a b/ü/out');
    save([['x']], { path: pathToFileURL(out).href });
    expect(contents()).toEqual({ _SUCCESS: '', 'part-00000': 'x\n' });
  });

  it.each([
    ['a directory', () => mkdirSync(out)],
    ['a file', () => writeFileSync(out, 'precious')],
    ['a broken symbolic link', () => symlinkSync(path.join(root, 'gone'), out)],
  ])('is refused where %s exists', (_name, create) => {
    create();
    const before = readdirSync(root);
    expect(() => beginOutput(output())).toThrowError(
      expect.objectContaining({
        code: 'OUTPUT_EXISTS',
        message: expect.stringContaining(`"${out}" exists already. Delete it, choose another`),
        data: { path: out },
      }),
    );
    expect(readdirSync(root)).toEqual(before);
  });

  it('is refused below a file, naming the cause, and as the root', () => {
    writeFileSync(path.join(root, 'file'), '');
    expect(() => beginOutput(output({ path: path.join(root, 'file/out') }))).toThrowError(
      expect.objectContaining({
        code: 'OUTPUT_FAILED',
        message: expect.stringMatching(/output directory .*(in the way|not a directory)/),
      }),
    );
    for (const mode of ['error', 'overwrite', 'append'] as const)
      expect(() => beginOutput(output({ path: '/', mode }))).toThrowError(exists);
  });
});

describe('mode overwrite', () => {
  it('replaces a directory, only when the new one is complete', () => {
    save([['old'], ['old too']]);
    writeFileSync(path.join(out, 'else'), '');
    const to = output({ mode: 'overwrite' });
    const job = beginOutput(to);
    const part = write(to, 0, ['new']);
    expect(contentsOfParts()).toEqual(['old\n', 'old too\n']);
    job.commit([part]);
    expect(contents()).toEqual({ _SUCCESS: '', 'part-00000': 'new\n' });
    expect(readdirSync(root)).toEqual(['out']);
  });

  it('keeps the old directory when it is given up', () => {
    save([['old']]);
    const before = contents();
    const to = output({ mode: 'overwrite' });
    const job = beginOutput(to);
    write(to, 0, ['new']);
    job.abort();
    expect(contents()).toEqual(before);
  });

  it('keeps the old directory when the commit fails', () => {
    save([['old']]);
    const before = contents();
    const to = output({ mode: 'overwrite' });
    const job = beginOutput(to);
    const part = write(to, 0, ['new']);
    expect(() => job.commit([part, { ...part, partition: 1, file: 'gone' }])).toThrowError(failed);
    job.abort();
    expect(contents()).toEqual(before);
    expect(readdirSync(root)).toEqual(['out']);
  });

  it('makes a directory that does not exist, and removes it when it is given up', () => {
    save([['x']], { mode: 'overwrite' });
    expect(contents()).toEqual({ _SUCCESS: '', 'part-00000': 'x\n' });
    out = path.join(root, 'a/b');
    beginOutput(output({ mode: 'overwrite' })).abort();
    expect(readdirSync(root)).toEqual(['out']);
  });

  it('replaces what a symbolic link leads to', () => {
    save([['old']]);
    const link = path.join(root, 'link');
    symlinkSync(out, link);
    save([['new']], { mode: 'overwrite', path: link });
    expect(contents()).toEqual({ _SUCCESS: '', 'part-00000': 'new\n' });
    expect(contents(link)).toEqual(contents());
  });

  it('never replaces a file', () => {
    writeFileSync(out, 'precious');
    for (const mode of ['overwrite', 'append'] as const)
      expect(() => beginOutput(output({ mode }))).toThrowError(exists);
    expect(readFileSync(out, 'utf8')).toBe('precious');
  });

  function contentsOfParts(): string[] {
    return readdirSync(out)
      .filter((name) => name.startsWith('part'))
      .map((name) => readFileSync(path.join(out, name), 'utf8'));
  }
});

describe('mode append', () => {
  it('adds files beside those that are there', () => {
    save([['a']]);
    save([['b'], ['c']], { mode: 'append', id: 'x' });
    save([['d']], { mode: 'append', id: 'y' });
    expect(contents()).toEqual({
      _SUCCESS: '',
      'part-00000': 'a\n',
      'part-00000-x': 'b\n',
      'part-00000-y': 'd\n',
      'part-00001-x': 'c\n',
    });
  });

  it('lets two outputs be written at the same time', () => {
    const first = output({ mode: 'append', id: 'x' });
    const second = output({ mode: 'append', id: 'y' });
    const jobs = [beginOutput(first), beginOutput(second)];
    const parts = [write(first, 0, ['a']), write(second, 0, ['b'])];
    for (const [i, job] of jobs.entries()) job.commit([parts[i] as WrittenPart]);
    expect(contents()).toEqual({ _SUCCESS: '', 'part-00000-x': 'a\n', 'part-00000-y': 'b\n' });
  });

  it('leaves what is there when it is given up', () => {
    save([['a']]);
    const before = contents();
    const to = output({ mode: 'append' });
    const job = beginOutput(to);
    write(to, 0, ['b']);
    job.abort();
    expect(contents()).toEqual(before);
  });
});

describe('attempts of one partition', () => {
  it('show nothing before the commit, which takes the one that counts', () => {
    const to = output();
    const job = beginOutput(to);
    const second = openPart(to, 0, 1);
    const first = openPart(to, 0, 0);
    first.add('first, longer');
    second.add('second');
    first.finish();
    const counts = second.finish();
    expect(readdirSync(out)).toEqual(['_temporary']);
    job.commit([counts]);
    expect(contents()).toEqual({ _SUCCESS: '', 'part-00000': 'second\n' });
  });

  it('leave nothing when they abort', () => {
    const to = output();
    beginOutput(to);
    const part = openPart(to, 0, 0);
    part.add('x'.repeat(1_000_000));
    part.abort();
    part.abort();
    expect(readdirSync(path.join(out, '_temporary', to.id))).toEqual([]);
  });

  it('start over when the same attempt is opened again', () => {
    const to = output();
    const job = beginOutput(to);
    openPart(to, 0, 0).add('y'.repeat(200_000));
    job.commit([write(to, 0, ['x'])]);
    expect(contents()).toEqual({ _SUCCESS: '', 'part-00000': 'x\n' });
  });

  it('report a full disk with the path', () => {
    const to = output();
    beginOutput(to);
    const attempts = path.join(out, '_temporary', to.id);
    mkdirSync(path.join(attempts, 'attempt-0-0'));
    symlinkSync('/dev/full', path.join(attempts, 'attempt-0-0/part-00000'));
    const part = openPart(to, 0, 0);
    const failure = expect.objectContaining({
      code: 'OUTPUT_FAILED',
      message: `Could not write output file "${out}/part-00000": no space left on the device (ENOSPC).`,
      data: { path: path.join(out, 'part-00000') },
    });
    expect(() => part.add('x'.repeat(1_000_000))).toThrowError(failure);
    part.abort();
    expect(readdirSync(attempts)).toEqual([]);
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  it('report what stands in their way', () => {
    const to = output();
    beginOutput(to);
    writeFileSync(path.join(out, '_temporary', to.id, 'attempt-0-0'), '');
    expect(() => openPart(to, 0, 0)).toThrowError(failed);
  });
});

describe('an output that is given up', () => {
  it('removes the directory and the parents made for it', () => {
    out = path.join(root, 'a/b/out');
    const to = output();
    const job = beginOutput(to);
    write(to, 0, ['x']);
    job.abort();
    expect(readdirSync(root)).toEqual([]);
  });

  it('keeps parents that hold something else, and those that were there', () => {
    out = path.join(root, 'a/b/out');
    mkdirSync(path.join(root, 'a'));
    const job = beginOutput(output());
    writeFileSync(path.join(root, 'a/b/other'), '');
    job.abort();
    expect(readdirSync(path.join(root, 'a/b'))).toEqual(['other']);
    rmSync(path.join(root, 'a/b'), { recursive: true });
    beginOutput(output()).abort();
    expect(readdirSync(root)).toEqual(['a']);
  });

  it('does not come back through a task that is still running', () => {
    const to = output();
    const job = beginOutput(to);
    openPart(to, 0, 0).add('x');
    job.abort();
    expect(() => openPart(to, 0, 1)).toThrowError(failed);
    expect(readdirSync(root)).toEqual([]);
  });

  it('cannot be committed when its directory is gone', () => {
    const to = output();
    const job = beginOutput(to);
    rmSync(out, { recursive: true });
    expect(() => job.commit([])).toThrowError(failed);
    job.abort();
    expect(existsSync(out)).toBe(false);
  });
});

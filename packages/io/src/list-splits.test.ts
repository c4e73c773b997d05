import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textParts } from './testing/text-parts.js';

const MIB = 1024 * 1024;
let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'firesteel-io-')));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(name: string, content: string | Buffer = 'text\n'): string {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** The listed files relative to the root, one split each. */
function list(input: string): string[] {
  return textParts(input, 1).map((split) => path.relative(root, split.path));
}

function listIn(input: string): string[] {
  return list(path.join(root, input));
}

function errorOf(input: string): unknown {
  try {
    list(input);
  } catch (error) {
    return error;
  }
  throw new Error('no error');
}

describe('the files of an input path', () => {
  it('takes one file', () => {
    const file = put('a.txt', 'abc');
    expect(textParts(file, 1)).toEqual([
      { path: file, startByte: 0, endByte: 3, compression: 'none' },
    ]);
  });

  it('makes relative paths absolute', () => {
    const file = put('a.txt');
    expect(textParts(path.relative(process.cwd(), file), 1)[0]?.path).toBe(file);
  });

  it('takes the files of a directory, sorted, without hidden ones', () => {
    for (const name of ['b', 'a', 'B', 'ä', 'a10', 'a2', '_SUCCESS', '.crc', '_temporary/x'])
      put(`dir/${name}`);
    const sorted = ['dir/B', 'dir/a', 'dir/a10', 'dir/a2', 'dir/b', 'dir/ä'];
    expect(listIn('dir')).toEqual(sorted);
    expect(listIn('dir/')).toEqual(sorted);
  });

  it('follows symbolic links to files and directories', () => {
    put('real/a');
    symlinkSync(path.join(root, 'real'), path.join(root, 'link'));
    symlinkSync(path.join(root, 'real/a'), path.join(root, 'real/b'));
    expect(listIn('link')).toEqual(['link/a', 'link/b']);
  });

  it('refuses a sub-directory by name', () => {
    put('dir/a');
    put('dir/sub/b');
    expect(errorOf(path.join(root, 'dir'))).toMatchObject({
      code: 'PATH_NOT_READABLE',
      message: expect.stringContaining(`"${root}/dir/sub" cannot be read: it is a sub-directory`),
    });
  });

  it.each([
    ['*.txt', ['a.txt', 'b.txt']],
    ['?.log', ['c.log']],
    ['[ab].txt', ['a.txt', 'b.txt']],
    ['[!a].txt', ['b.txt']],
    ['[a-c].*', ['a.txt', 'b.txt', 'c.log']],
    ['{a,c}.{txt,log}', ['a.txt', 'c.log']],
    ['**/*.txt', ['a.txt', 'b.txt', 'x/d.txt', 'x/y/e.txt']],
    ['**', ['a.txt', 'b.txt', 'c.log', 'x/d.txt', 'x/y/e.txt', 'z/f']],
    ['x/**', ['x/d.txt', 'x/y/e.txt']],
    ['*/*.txt', ['x/d.txt']],
    ['*/y', ['x/y/e.txt']],
    ['z*', ['z/f']],
    ['_h*', ['_hidden.txt']],
    ['.*', ['.dot.txt', '.git/g.txt']],
    ['x/../*.log', ['c.log']],
  ])('expands the glob %s', (glob, files) => {
    for (const name of ['a.txt', 'b.txt', 'c.log', 'x/d.txt', 'x/y/e.txt', 'z/f']) put(name);
    for (const name of ['_hidden.txt', '.dot.txt', '_temporary/t.txt', '.git/g.txt']) put(name);
    expect(listIn(glob)).toEqual(files);
  });

  it('skips empty directories that a glob matches', () => {
    put('a/x');
    put('b/_SUCCESS');
    expect(listIn('*')).toEqual(['a/x']);
  });

  it('takes comma separated lists in their order, mixing all forms', () => {
    for (const name of ['f.txt', 'dir/b', 'dir/a', 'g1.log', 'g2.log', 'h.x', 'h.y']) put(name);
    const items = ['f.txt', 'g*.log', 'dir', 'h.{y,x}', 'f.txt'].map((i) => path.join(root, i));
    const files = ['f.txt', 'g1.log', 'g2.log', 'dir/a', 'dir/b', 'h.x', 'h.y', 'f.txt'];
    expect(list(items.join(','))).toEqual(files);
    expect(list(items.join(', '))).toEqual(files);
  });

  it.each([
    'a,b.txt',
    'a*b?.txt',
    'data[1].txt',
    '{a,b}.txt',
    'with space (1).txt',
    ' padded ',
    'größe 日本 😀.txt',
    '100%.txt',
    'a%20b.txt',
    '!(x).txt',
    'back\\slash.txt',
  ])('takes the existing name %j literally', (name) => {
    put(name);
    put('data1.txt');
    put('a.txt');
    expect(listIn(name)).toEqual([name]);
    expect(list(`file://${path.join(root, name)}`)).toEqual([name]);
    expect(list(pathToFileURL(path.join(root, name)).href)).toEqual([name]);
  });

  it('takes literal directories with glob characters, also as the base of a glob', () => {
    put('logs [2024] {a,b} (x)/one.txt');
    put('logs [2024] {a,b} (x)/two.txt');
    const names = ['one.txt', 'two.txt'].map((name) => `logs [2024] {a,b} (x)/${name}`);
    expect(listIn('logs [2024] {a,b} (x)')).toEqual(names);
    expect(listIn('logs [2024] {a,b} (x)/*.txt')).toEqual(names);
  });

  it('accepts file: URLs in every form, with globs and in lists', () => {
    put('a b.txt');
    put('c.txt');
    expect(list(`file:${root}/c.txt`)).toEqual(['c.txt']);
    expect(list(`file://localhost${root}/c.txt`)).toEqual(['c.txt']);
    expect(list(`FILE://${root}/*.txt`)).toEqual(['a b.txt', 'c.txt']);
    expect(list(`file://${root}/a%20*.txt`)).toEqual(['a b.txt']);
    expect(list(`file://${root}/c.txt,file://${root}/a%20b.txt`)).toEqual(['c.txt', 'a b.txt']);
  });
});

describe('errors of an input path', () => {
  it('names the missing path, where it ends, and the nearest name there', () => {
    put('logs/access.txt');
    expect(errorOf(path.join(root, 'logs/acces.txt'))).toMatchObject({
      code: 'PATH_NOT_FOUND',
      message: `Input path "${root}/logs/acces.txt" does not exist: there is no "acces.txt" in "${root}/logs". Did you mean "access.txt"?`,
      data: { path: `${root}/logs/acces.txt` },
    });
    expect(errorOf(path.join(root, 'lgos/*.txt'))).toMatchObject({
      code: 'PATH_NOT_FOUND',
      message: expect.stringContaining('Did you mean "logs"?'),
    });
  });

  it('says when a component of the path is a file', () => {
    put('a.txt');
    for (const below of ['a.txt/b', 'a.txt/b/c'])
      expect(errorOf(path.join(root, below))).toMatchObject({
        code: 'PATH_NOT_FOUND',
        message: expect.stringContaining(`"${root}/a.txt" is a file, not a directory`),
      });
    expect(errorOf(path.join(root, 'a.txt/*'))).toMatchObject({ code: 'PATH_EMPTY' });
  });

  it('fails for a missing item of a list', () => {
    const file = put('a.txt');
    expect(errorOf(`${file},${root}/b.txt`)).toMatchObject({
      code: 'PATH_NOT_FOUND',
      data: { path: `${root}/b.txt` },
    });
    expect(errorOf(`${file},`)).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('says that a directory or glob is empty', () => {
    put('dir/_SUCCESS');
    expect(errorOf(path.join(root, 'dir'))).toMatchObject({ code: 'PATH_EMPTY' });
    expect(errorOf(path.join(root, 'dir/*'))).toMatchObject({ code: 'PATH_EMPTY' });
    expect(errorOf(path.join(root, '*.nothing'))).toMatchObject({
      code: 'PATH_EMPTY',
      message: expect.stringContaining(`No file matches "${root}/*.nothing"`),
    });
  });

  it('names a broken symbolic link', () => {
    put('dir/a');
    symlinkSync(path.join(root, 'gone'), path.join(root, 'dir/link'));
    expect(errorOf(path.join(root, 'dir'))).toMatchObject({
      code: 'PATH_NOT_FOUND',
      data: { path: `${root}/dir/link` },
    });
  });

  it('refuses what is neither file nor directory, and link cycles', async () => {
    const socket = path.join(root, 'socket');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    expect(errorOf(socket)).toMatchObject({
      code: 'PATH_NOT_READABLE',
      message: expect.stringContaining('neither a file nor a directory'),
    });
    await new Promise((resolve) => server.close(resolve));
    symlinkSync(path.join(root, 'loop'), path.join(root, 'loop'));
    expect(errorOf(path.join(root, 'loop'))).toMatchObject({
      code: 'PATH_NOT_READABLE',
      message: expect.stringContaining('too many symbolic links (ELOOP)'),
    });
    expect(errorOf(path.join(root, 'x'.repeat(300)))).toMatchObject({
      code: 'PATH_NOT_READABLE',
      message: expect.stringContaining('the name is too long'),
    });
  });

  it.each(['', '  ', 'a\0b'])('refuses %j as a path', (input) => {
    expect(errorOf(input)).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it.each([
    ['hdfs://host/path', 'UNKNOWN_FILE_SYSTEM'],
    ['s3a://bucket/key', 'UNKNOWN_FILE_SYSTEM'],
    ['file://host/path', 'INVALID_ARGUMENT'],
  ])('refuses %s', (input, code) => {
    expect(errorOf(input)).toMatchObject({ code, data: { path: input } });
  });

  it.each([-1, 1.5, Number.NaN])('refuses %d partitions', (count) => {
    expect(() => textParts(put('a'), count)).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('the splits of files', () => {
  function sizes(input: string, minPartitions: number): number[] {
    return textParts(input, minPartitions).map((split) => split.endByte - split.startByte);
  }

  it.each([
    [100, 1, [100]],
    [100, 0, [100]],
    [100, 2, [50, 50]],
    [100, 3, [33, 33, 34]],
    [101, 10, [10, 10, 10, 10, 10, 10, 10, 10, 10, 11]],
    [109, 9, [12, 12, 12, 12, 12, 12, 12, 12, 13]],
    [3, 2, [1, 1, 1]],
    [2, 5, [1, 1]],
  ])('cuts %d bytes for %d partitions', (size, minPartitions, expected) => {
    expect(sizes(put('a', Buffer.alloc(size)), minPartitions)).toEqual(expected);
  });

  it('shares the goal among the files of an input', () => {
    put('dir/a', Buffer.alloc(10));
    put('dir/b', Buffer.alloc(90));
    put('dir/c', Buffer.alloc(0));
    expect(sizes(path.join(root, 'dir'), 4)).toEqual([10, 25, 25, 25, 15]);
  });

  it('makes no split larger than a block and its tenth', () => {
    const file = put('a', Buffer.alloc(0));
    const truncated = 70 * MIB;
    writeFileSync(file, Buffer.alloc(truncated));
    expect(sizes(file, 1)).toEqual([32 * MIB, 32 * MIB, 6 * MIB]);
    writeFileSync(file, Buffer.alloc(35 * MIB));
    expect(sizes(file, 1)).toEqual([35 * MIB]);
  });

  it('covers each file without gap or overlap', () => {
    const file = put('a', Buffer.alloc(12_345));
    for (let n = 1; n < 60; n++) {
      const splits = textParts(file, n);
      expect(splits[0]?.startByte).toBe(0);
      expect(splits.at(-1)?.endByte).toBe(12_345);
      for (const [i, split] of splits.slice(1).entries())
        expect(split.startByte).toBe(splits[i]?.endByte);
    }
  });

  it('never splits gzip files, whatever the case of their extension', () => {
    put('a.gz', Buffer.alloc(100));
    put('b.GZ', Buffer.alloc(100));
    expect(textParts(path.join(root, '*'), 10)).toEqual(
      ['a.gz', 'b.GZ'].map((name) => ({
        path: path.join(root, name),
        startByte: 0,
        endByte: Number.POSITIVE_INFINITY,
        compression: 'gzip',
      })),
    );
  });

  it('gives none for empty files', () => {
    put('a', '');
    put('b.gz', '');
    expect(textParts(root, 4)).toEqual([]);
  });
});

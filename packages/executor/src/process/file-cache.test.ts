import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileTree } from '@firesteel/plan';
import { afterAll, expect, it } from 'vitest';
import { FileCache } from './file-cache.js';

const directory = mkdtempSync(join(tmpdir(), 'firesteel-cache-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const refused = expect.objectContaining({ code: 'FILES_NOT_SHIPPED' });

/** A tree as an honest driver describes it. */
function treeOf(texts: Readonly<Record<string, string>>, place: FileTree['place']): FileTree {
  const files = Object.entries(texts).map(([path, text]) => ({
    path,
    sizeBytes: text.length,
    hash: sha256(text),
    isExecutable: false,
  }));
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { kind: 'tree', id: sha256(JSON.stringify([place, files])), place, files, sizeBytes };
}

let count = 0;
/** A cache of its own; the driver sends `bytes` in pieces of three. */
function cacheFor(bytes: string) {
  const reads: number[] = [];
  const cache = new FileCache({
    directory: join(directory, `${count++}`, 'files'),
    maxBytes: 1000,
    read: async (_id, offset) => {
      reads.push(offset);
      return Buffer.from(bytes.slice(offset, offset + 3));
    },
  });
  return { cache, reads };
}

const place = { kind: 'package', path: '/job/node_modules/p' } as const;

it('puts a package where it is on the driver, and fetches it once', async () => {
  const tree = treeOf({ 'a.js': 'four', 'lib/b.js': '', 'lib/c.js': 'sevenxx' }, place);
  const { cache, reads } = cacheFor('foursevenxx');
  cache.offer([tree]);
  expect(cache.isReady([tree.id])).toBe(false);
  await Promise.all([cache.prepare([tree.id]), cache.prepare([tree.id])]);
  expect(cache.isReady([tree.id])).toBe(true);
  await cache.prepare([tree.id]);
  expect(reads).toEqual([0, 3, 6, 9]);
  const at = join(cache.packages, '/job/node_modules/p');
  expect(readFileSync(join(at, 'lib/c.js'), 'utf8')).toBe('sevenxx');
});

it('keeps packages that are installed in one that comes after them', async () => {
  const inner = treeOf({ 'i.js': 'i' }, { kind: 'package', path: `${place.path}/node_modules/q` });
  const outer = treeOf({ 'o.js': 'i' }, place);
  const { cache } = cacheFor('i');
  cache.offer([inner, outer]);
  await cache.prepare([inner.id]);
  await cache.prepare([outer.id]);
  expect(existsSync(join(cache.packages, place.path, 'node_modules/q/i.js'))).toBe(true);
});

it('shows nothing that has not the right hash, and tries again', async () => {
  const tree = treeOf({ 'a.js': 'right' }, place);
  const { cache } = cacheFor('wrong');
  cache.offer([tree, { ...tree, id: sha256('another') }]);
  await expect(cache.prepare([tree.id])).rejects.toEqual(refused);
  await expect(cache.prepare([tree.id])).rejects.toEqual(refused);
  await expect(cache.prepare([sha256('another')])).rejects.toEqual(refused);
  await expect(cache.prepare(['never offered'])).rejects.toEqual(refused);
  expect(existsSync(join(cache.packages, place.path))).toBe(false);
});

it('refuses bytes that end too early, and trees that are too large', async () => {
  const { cache } = cacheFor('short');
  const long = treeOf({ 'a.js': 'short, but not all of it' }, place);
  const large = treeOf({ 'a.js': 'x'.repeat(1001) }, place);
  cache.offer([long, large]);
  await expect(cache.prepare([long.id])).rejects.toEqual(refused);
  await expect(cache.prepare([large.id])).rejects.toEqual(refused);
});

it.each(['../a', '/a', 'a/../../b', 'a//b', '.', 'a/./b', 'a\\b', 'a\0'])(
  'refuses the path %j, whoever sends it',
  async (path) => {
    const { cache } = cacheFor('x');
    const asFile = treeOf({ [path]: 'x' }, place);
    const asPackage = treeOf({ a: 'x' }, { kind: 'package', path: `/p/${path}` });
    const asName = treeOf({ '': 'x' }, { kind: 'added', name: path });
    const asLink = { kind: 'link', id: path, path: `/p/${path}`, target: '/q' } as const;
    const asTarget = { kind: 'link', id: `to ${path}`, path: '/q', target: `/p/${path}` } as const;
    const items = [asFile, asPackage, asName, asLink, asTarget];
    cache.offer(items);
    for (const { id } of items) await expect(cache.prepare([id])).rejects.toEqual(refused);
  },
);

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { thisPlatform } from '@firesteel/plan';
import { afterAll, expect, it } from 'vitest';
import { addonFits } from './native-addons.js';
import { packageClosure } from './package-closure.js';
import { ShippedFiles } from './shipped-files.js';

const root = mkdtempSync(join(tmpdir(), 'firesteel-shipping-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** The header of an add-on for Linux, with what its symbols say. */
function elf(machine: number, symbols: string): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32BE(0x7f454c46, 0);
  header.writeUInt16LE(machine, 18);
  return Buffer.concat([header, Buffer.from(symbols)]);
}

const own = thisPlatform();
const linuxX64 = { os: 'linux', arch: 'x64', abi: own.abi, libc: 'glibc' };

it('tells from its header for which platform an add-on is', () => {
  const addon = elf(62, 'napi_register_module_v1 libc.so.6');
  expect(addonFits(addon, linuxX64)).toBe(true);
  expect(addonFits(addon, { ...linuxX64, abi: '1' })).toBe(true);
  for (const other of [{ arch: 'arm64' }, { os: 'darwin' }, { libc: 'musl' }])
    expect(addonFits(addon, { ...linuxX64, ...other })).toBe(false);
  const older = elf(62, 'node_register_module libc.so.6');
  expect(addonFits(older, linuxX64)).toBe(true);
  expect(addonFits(older, { ...linuxX64, abi: '1' })).toBe(false);
  expect(addonFits(Buffer.from('no add-on'), linuxX64)).toBe(false);
  expect(addonFits(Buffer.alloc(100), linuxX64)).toBe(false);
});

it('finds packages with all that they depend on, through links', () => {
  write('job/node_modules/a/package.json', '{"name":"a","dependencies":{"b":"1","gone":"1"}}');
  write(
    'job/node_modules/a/node_modules/b/package.json',
    '{"name":"b","peerDependencies":{"c":"1"}}',
  );
  write('job/store/c/package.json', '{"name":"c","optionalDependencies":{"d":"1"}}');
  write('job/store/node_modules/d/package.json', '{"name":"d","dependencies":{"a":"1"}}');
  symlinkSync('../store/c', join(root, 'job/node_modules/c'));
  const { packages, links } = packageClosure([
    { specifier: 'a/sub', from: join(root, 'job/src/x.ts') },
  ]);
  const found = new Map(packages.map((p) => [p.directory.slice(root.length), p.isOptional]));
  expect(found).toEqual(
    new Map([
      ['/job/node_modules/a', false],
      ['/job/node_modules/a/node_modules/b', false],
      ['/job/store/c', false],
      ['/job/store/node_modules/d', true],
    ]),
  );
  expect([...links]).toEqual([[join(root, 'job/node_modules/c'), join(root, 'job/store/c')]]);
});

it('refuses packages whose add-ons fit no executor, before anything is sent', () => {
  write(
    'n/node_modules/native/package.json',
    '{"name":"native","optionalDependencies":{"fast":"1"}}',
  );
  write('n/node_modules/fast/package.json', '{"name":"fast"}');
  write('n/node_modules/fast/fast.node', elf(183, ''));
  const files = new ShippedFiles({ maxBytes: 10_000 });
  const other = { ...linuxX64, abi: '1' };
  const uses = [{ specifier: 'native', from: join(root, 'n/x.js') }];
  expect(files.packagesFor(uses, 'e', other)).toHaveLength(1);
  write('n/node_modules/native/build.node', elf(183, 'napi_register_module_v1'));
  const again = new ShippedFiles({ maxBytes: 10_000 });
  expect(() => again.packagesFor([...uses], 'e', other)).toThrow(
    expect.objectContaining({ code: 'NATIVE_ADDON_MISMATCH' }),
  );
  expect(again.packagesFor(uses, 'e', own)).toHaveLength(2);
});

it('gives bytes of what it has offered, and of nothing else', async () => {
  write('files/a.txt', 'abc');
  write('files/deep/b.txt', 'defg');
  const files = new ShippedFiles({ maxBytes: 10_000 });
  files.addFile('files', join(root, 'files'));
  const [tree] = files.added;
  const read = async (offset: number) =>
    Buffer.from(await files.read(tree?.id ?? '', offset)).toString();
  expect(await read(0)).toBe('abcdefg');
  expect(await read(4)).toBe('efg');
  expect(await read(7)).toBe('');
  const notShipped = expect.objectContaining({ code: 'FILES_NOT_SHIPPED' });
  for (const offset of [-1, 0.5, Number.NaN, 'x' as unknown as number])
    await expect(read(offset)).rejects.toEqual(notShipped);
  await expect(files.read('/etc/passwd', 0)).rejects.toEqual(notShipped);
  write('files/deep/b.txt', 'd');
  await expect(read(0)).rejects.toEqual(notShipped);
});

it('refuses trees that are too large', () => {
  write('large/a', 'x'.repeat(101));
  const files = new ShippedFiles({ maxBytes: 100 });
  expect(() => files.addFile('large', join(root, 'large'))).toThrow(
    expect.objectContaining({ code: 'FILES_TOO_LARGE' }),
  );
});

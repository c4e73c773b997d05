import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalDirs, removeLeftovers } from './local-dirs.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'local-dirs-test-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('LocalDirs', () => {
  it('makes private directories when the first file needs them, also the roots', () => {
    const roots = [join(root, 'a', 'b'), join(root, 'c')];
    const dirs = LocalDirs.forApplication(roots);
    expect(roots.flatMap((path) => readdirSync(path))).toEqual([]);
    const [first, second] = [dirs.fileToWrite(0, 'rdd_1', '0'), dirs.fileToWrite(1, 'rdd_1', '1')];
    writeFileSync(first, '');
    writeFileSync(second, '');
    expect(first.startsWith(roots[0] as string)).toBe(true);
    expect(second.startsWith(roots[1] as string)).toBe(true);
    for (const path of dirs.paths) expect(statSync(path).mode & 0o777).toBe(0o700);
    dirs.removeDirectory('rdd_1');
    expect([existsSync(first), existsSync(second)]).toEqual([false, false]);
    writeFileSync(dirs.fileToWrite(0, 'rdd_1', '0'), '');
    dirs.remove();
    expect(roots.flatMap((path) => readdirSync(path))).toEqual([]);
  });

  it('leaves out roots that cannot be written, with a warning, unless there is no other', async () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    const broken = [join(file, 'a'), join(file, 'b')];
    const warning = once(process, 'warning');
    const dirs = LocalDirs.forApplication([broken[0] as string, join(root, 'c')]);
    expect(dirs.paths.length).toBe(1);
    writeFileSync(dirs.fileToWrite(7, 'x'), '');
    expect(String((await warning)[0])).toContain(`${broken[0]} of local.dir is left out: ENOTDIR`);
    expect(() => LocalDirs.forApplication(broken).fileToWrite(0, 'x')).toThrow(
      expect.objectContaining({ code: 'LOCAL_DISK_FAILED' }),
    );
  });

  it('refuses a directory or link that somebody has put in its place', () => {
    for (const put of [
      (path: string) => mkdirSync(path, { mode: 0o755 }),
      (path: string) => symlinkSync(root, path),
    ]) {
      const dirs = LocalDirs.forApplication([root]);
      put(dirs.paths[0] as string);
      expect(() => dirs.fileToWrite(0, 'x')).toThrow(
        expect.objectContaining({ code: 'LOCAL_DISK_FAILED' }),
      );
    }
  });
});

describe('leftovers', () => {
  it('of a dead process are removed, of a living one and of others stay', async () => {
    const script = `
      import { LocalDirs } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
      const dirs = LocalDirs.forApplication([${JSON.stringify(root)}]);
      dirs.fileToWrite(0, 'rdd_1', '0');
      console.log(dirs.paths[0]);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const [printed] = (await once(child.stdout, 'data')) as [Buffer];
    const name = basename(String(printed).trim());
    const own = LocalDirs.forApplication([root]);
    own.fileToWrite(0, 'rdd_1', '0');
    const elsewhere = name.replace(/^firesteel-[0-9a-f]{8}/, 'firesteel-00000000');
    const recycled = name.replace(/-\d+-\d+-/, `-${process.pid}-1-`);
    for (const other of ['firesteel-notes', 'data', elsewhere, recycled])
      mkdirSync(join(root, other));
    const rest = [basename(own.paths[0] as string), 'firesteel-notes', 'data', elsewhere];
    const isLinux = process.platform === 'linux';

    await removeLeftovers([root, join(root, 'missing')]);
    expect(readdirSync(root).sort()).toEqual(
      [...rest, name, ...(isLinux ? [] : [recycled])].sort(),
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    await removeLeftovers([root]);
    expect(readdirSync(root).sort()).toEqual([...rest, ...(isLinux ? [] : [recycled])].sort());
  });
});

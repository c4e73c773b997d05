import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeDirectory } from './make-directory.js';

const scratch = mkdtempSync(join(tmpdir(), 'firesteel-make-directory-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it('makes missing parents and tells the topmost of them', () => {
  const path = join(scratch, 'a/b/c');
  expect(makeDirectory(path, 0o700)).toBe(join(scratch, 'a'));
  expect(statSync(path).isDirectory()).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(makeDirectory(path)).toBeUndefined();
});

it.runIf(process.platform === 'linux')('fails where nothing can be made', () => {
  expect(() => makeDirectory('/proc/firesteel/a')).toThrow(
    expect.objectContaining({ code: 'ENOENT' }),
  );
});

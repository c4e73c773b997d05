import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { prepareTextOutput } from './text-output.js';
import { openTextPart } from './text-part-writer.js';

vi.mock('node:fs', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:fs')>()),
  linkSync: () => {
    throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' });
  },
}));

let out: string;

beforeEach(() => {
  out = path.join(mkdtempSync(path.join(tmpdir(), 'firesteel-io-')), 'out');
});

afterEach(() => {
  rmSync(path.dirname(out), { recursive: true, force: true });
});

describe('a file system without hard links', () => {
  it('still publishes parts, and keeps the first of two attempts', () => {
    prepareTextOutput(out);
    const first = openTextPart(out, 0, 0, 'none');
    const second = openTextPart(out, 0, 1, 'none');
    second.writeLines(['second']);
    first.writeLines(['first']);
    expect(second.commit()).toEqual({ bytes: 7 });
    expect(first.commit()).toEqual({ bytes: 7 });
    expect(readFileSync(path.join(out, 'part-00000'), 'utf8')).toBe('second\n');
    expect(readdirSync(path.join(out, '_temporary'))).toEqual([]);
  });
});

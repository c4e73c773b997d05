import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPools } from './pool-file.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'firesteel-test-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function read(text: string) {
  const path = join(directory, 'pools.json');
  writeFileSync(path, text);
  return readPools(path);
}

it('reads pools with all or some of their fields', () => {
  const reports = { schedulingMode: 'FAIR', weight: 2.5, minShare: 3 };
  expect(read(JSON.stringify({ pools: { reports, other: {} } }))).toEqual([
    ['reports', reports],
    ['other', {}],
  ]);
});

it.each([
  ['', 'it is no JSON'],
  ['[]', 'the file must be an object'],
  ['{}', 'pools must be an object'],
  ['{"pool": {}}', 'the file has the field pool, but only pools exist'],
  ['{"pools": {"a": {"wieght": 1}}}', 'pool a has the field wieght'],
  ['{"pools": {"a": {"weight": 0}}}', 'weight of pool a must be a number above 0, but it is 0'],
  ['{"pools": {"a": {"minShare": 1.5}}}', 'minShare of pool a must be a whole number'],
  ['{"pools": {"a": {"schedulingMode": "fair"}}}', 'must be FIFO or FAIR, but it is "fair"'],
])('refuses %s', (text, problem) => {
  expect(() => read(text)).toThrowError(expect.objectContaining({ code: 'INVALID_CONFIG_VALUE' }));
  expect(() => read(text)).toThrowError(problem);
});

it('says which file it cannot read', () => {
  expect(() => readPools(join(directory, 'none.json'))).toThrowError(
    expect.objectContaining({ code: 'PATH_NOT_READABLE' }),
  );
});

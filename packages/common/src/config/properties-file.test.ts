import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseProperties, readPropertiesFile } from './properties-file.js';

it('reads the three ways to write an assignment', () => {
  const text =
    '\uFEFF# comment\r\n! comment\n\n  a=1  \nb : two words\nc\tx=y\r\nd = http://h:1/p\n';
  expect(parseProperties(text, 'f')).toEqual([
    { key: 'a', value: '1', line: 4 },
    { key: 'b', value: 'two words', line: 5 },
    { key: 'c', value: 'x=y', line: 6 },
    { key: 'd', value: 'http://h:1/p', line: 7 },
  ]);
});

it.each(['key', 'key=', '=value', 'a=1\nkey:'])('refuses %j with its line', (text) => {
  const line = text.split('\n').length;
  expect(() => parseProperties(text, 'my.conf')).toThrow(
    expect.objectContaining({
      code: 'INVALID_CONFIG_VALUE',
      message: expect.stringContaining(`my.conf:${line}: `),
    }),
  );
});

it('tells a missing file from one that cannot be read', () => {
  const dir = mkdtempSync(join(tmpdir(), 'firesteel-properties-'));
  try {
    writeFileSync(join(dir, 'a.conf'), 'master local\n');
    expect(readPropertiesFile(join(dir, 'a.conf'))).toHaveLength(1);
    expect(() => readPropertiesFile(join(dir, 'b.conf'))).toThrow(
      expect.objectContaining({ code: 'PATH_NOT_FOUND' }),
    );
    expect(() => readPropertiesFile(dir)).toThrow(
      expect.objectContaining({ code: 'PATH_NOT_READABLE' }),
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
});

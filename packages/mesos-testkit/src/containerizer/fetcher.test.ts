import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { Fetcher } from './fetcher.js';

const root = mkdtempSync(join(tmpdir(), 'fetcher-'));
afterAll(() => rmSync(root, { recursive: true }));

let sandbox = '';
let fetcher = new Fetcher(join(root, 'cache'));
let count = 0;
beforeEach(() => {
  sandbox = join(root, `sandbox${++count}`);
  mkdirSync(sandbox);
  fetcher = new Fetcher(join(root, `cache${count}`));
});

const file = (name: string, content: string | Buffer = 'content'): string => {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
};
const read = (name: string): string => readFileSync(join(sandbox, name), 'utf8');

function archive(): string {
  const directory = join(root, 'packed');
  mkdirSync(join(directory, 'sub'), { recursive: true });
  writeFileSync(join(directory, 'sub', 'inner.txt'), 'inner');
  const path = join(root, 'app.tar.gz');
  execFileSync('tar', ['-C', directory, '-czf', path, 'sub']);
  return path;
}

describe('files', () => {
  test('are copied, by path or by file URI, under their own name or another', async () => {
    const path = file('a.txt');
    await fetcher.fetch(
      [{ value: path }, { value: `file://${path}`, output_file: 'x/y.txt' }],
      sandbox,
    );
    expect([read('a.txt'), read('x/y.txt')]).toEqual(['content', 'content']);
  });

  test('become executable and are not unpacked then', async () => {
    await fetcher.fetch([{ value: archive(), executable: true }], sandbox);
    expect(statSync(join(sandbox, 'app.tar.gz')).mode & 0o777).toBe(0o755);
    expect(() => read('sub/inner.txt')).toThrow();
  });

  test('that are missing, or would land elsewhere, are refused', async () => {
    await expect(fetcher.fetch([{ value: join(root, 'nothing') }], sandbox)).rejects.toThrow();
    expect(read('stderr')).toContain('Failed to fetch');
    const escaping = { value: file('b.txt'), output_file: '../b.txt' };
    await expect(fetcher.fetch([escaping], sandbox)).rejects.toThrow('outside of the sandbox');
    await expect(fetcher.fetch([{ value: 'ftp://x/y' }], sandbox)).rejects.toThrow('scheme');
  });
});

describe('archives', () => {
  test('are unpacked by the suffix of their name, and stay', async () => {
    await fetcher.fetch([{ value: archive() }], sandbox);
    expect(read('sub/inner.txt')).toBe('inner');
    expect(statSync(join(sandbox, 'app.tar.gz')).isFile()).toBe(true);
  });

  test('are left alone with extract false', async () => {
    await fetcher.fetch([{ value: archive(), extract: false }], sandbox);
    expect(() => read('sub/inner.txt')).toThrow();
  });

  test('a lone gzip file loses its suffix', async () => {
    await fetcher.fetch([{ value: file('data.csv.gz', gzipSync('1,2')) }], sandbox);
    expect(read('data.csv')).toBe('1,2');
  });

  test('from the cache only the content appears', async () => {
    await fetcher.fetch([{ value: archive(), cache: true }], sandbox);
    expect(read('sub/inner.txt')).toBe('inner');
    expect(() => statSync(join(sandbox, 'app.tar.gz'))).toThrow();
  });
});

test('over HTTP, once with the cache', async () => {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    response.statusCode = request.url === '/gone' ? 404 : 200;
    response.end('served');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cached = { value: `${url}/a.bin`, cache: true };
  await fetcher.fetch([cached, { ...cached, output_file: 'b.bin' }], sandbox);
  expect([read('a.bin'), read('b.bin'), requests]).toEqual(['served', 'served', 1]);
  await expect(fetcher.fetch([{ value: `${url}/gone` }], sandbox)).rejects.toThrow('answered 404');
  server.close();
  server.closeAllConnections();
});

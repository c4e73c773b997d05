import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FiresteelFiles } from 'firesteel';
import { expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { failure } from './rejection.js';
import { Scratch } from './scratch.js';

onEveryMaster('added files', (sc) => {
  const scratch = new Scratch();

  it('are found by their name in tasks and on the driver', async () => {
    const path = scratch.file('a\nb', 'words.txt');
    await sc().addFile(path);
    const read = () => readFileSync(FiresteelFiles.get('words.txt'), 'utf8');
    const texts = await sc().range(0, 4, 1, 4).map(read).distinct().collect();
    expect([read(), ...texts]).toEqual(['a\nb', 'a\nb']);
    expect(sc().listFiles()).toContain(path);
  });

  it('may be directories, with all that is in them', async () => {
    const directory = scratch.directory({ 'a.txt': '1', 'deep/b.txt': '2', empty: '' });
    const name = directory.split('/').at(-1) as string;
    expect((await failure(sc().addFile(directory))).code).toBe('INVALID_ARGUMENT');
    await sc().addFile(directory, { recursive: true });
    const [found] = await sc()
      .parallelize([0], 1)
      .map(() => {
        const root = FiresteelFiles.get(name);
        return [readdirSync(root).sort(), readFileSync(join(root, 'deep/b.txt'), 'utf8')];
      })
      .collect();
    expect(found).toEqual([['a.txt', 'deep', 'empty'], '2']);
  });

  it('may be added between jobs, and are the copies that were taken then', async () => {
    const path = scratch.file('first', 'later.txt');
    await sc().parallelize([1, 2, 3, 4], 4).count();
    await sc().addFile(path);
    writeFileSync(path, 'second');
    const texts = sc()
      .range(0, 4, 1, 4)
      .map(() => readFileSync(FiresteelFiles.get('later.txt'), 'utf8'));
    expect(await texts.distinct().collect()).toEqual(['first']);
  });

  it('may come from a web server', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.url?.startsWith('/data.json') ? 200 : 404).end('[1,2]');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await sc().addFile(`${origin}/data.json?v=1`);
      const read = () => JSON.parse(readFileSync(FiresteelFiles.get('data.json'), 'utf8'));
      expect(await sc().parallelize([0], 1).flatMap(read).collect()).toEqual([1, 2]);
      // A name cannot lead out of the directory of added files.
      const outside = await failure(sc().addFile(`${origin}/..%2Foutside.json`));
      expect(outside.code).toBe('INVALID_ARGUMENT');
      const error = await failure(sc().addFile(`${origin}/missing.json`));
      expect(error.code).toBe('PATH_NOT_READABLE');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('are refused when they do not exist, or their name is taken', async () => {
    const path = scratch.file('x', 'taken.txt');
    await sc().addFile(path);
    expect((await failure(sc().addFile(scratch.fresh()))).code).toBe('PATH_NOT_FOUND');
    const other = await failure(sc().addFile(scratch.file('y', 'taken.txt')));
    expect(other.code).toBe('INVALID_ARGUMENT');
    expect(other.message).toContain(path);
  });

  it('are not found by paths, or without being added', async () => {
    const failing = sc()
      .parallelize([0], 1)
      .map(() => FiresteelFiles.get('never-added.txt'));
    expect((await failure(failing.collect())).code).toBe('PATH_NOT_FOUND');
    expect(() => FiresteelFiles.get('../x')).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

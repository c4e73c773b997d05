import type { FileOutput, WrittenPart } from '@firesteel/plan';
import { describe, expect, it } from 'vitest';
import { openFiles } from './file-reader.js';
import type { FileSystem } from './file-system.js';
import { fileSystemOf, registerFileSystem } from './file-systems.js';
import { loadCompression } from './frame-codec.js';
import { listObjectParts, listSplits } from './list-splits.js';
import { ObjectFileReader } from './object-file-reader.js';
import { openPart } from './part-writer.js';

/** Files in memory, under the scheme `memory`. */
class MemoryFiles implements FileSystem {
  readonly scheme = 'memory';
  readonly files = new Map<string, Buffer>();

  listFiles(input: string) {
    return [...this.files]
      .filter(([path]) => path.startsWith(`${input}/part-`))
      .sort()
      .map(([path, { length }]) => ({ path, size: length }));
  }

  open(path: string, position = 0) {
    const bytes = this.files.get(path) ?? Buffer.alloc(0);
    let at = position;
    return {
      path,
      size: bytes.length,
      get bytesRead() {
        return at - position;
      },
      read(target: Uint8Array, offset: number, length: number) {
        const some = bytes.subarray(at, at + length);
        target.set(some, offset);
        at += some.length;
        return some.length;
      },
      readAt: (from: number, length: number) => Buffer.from(bytes.subarray(from, from + length)),
      close: () => {},
    };
  }

  beginOutput({ path }: FileOutput) {
    return {
      commit: (parts: readonly WrittenPart[]) => {
        for (const { file = '' } of parts) {
          this.files.set(file, this.files.get(`${file}.tmp`) as Buffer);
          this.files.delete(`${file}.tmp`);
        }
        this.files.set(`${path}/_SUCCESS`, Buffer.alloc(0));
      },
      abort: () => {},
    };
  }

  createPart({ path }: FileOutput, partition: number) {
    const file = `${path}/part-${String(partition).padStart(5, '0')}`;
    const pieces: Uint8Array[] = [];
    return {
      file,
      get bytes() {
        return pieces.reduce((sum, { length }) => sum + length, 0);
      },
      write: (bytes: Uint8Array) => {
        pieces.push(bytes.slice());
      },
      close: () => {
        this.files.set(`${file}.tmp`, Buffer.concat(pieces));
      },
      abort: () => {},
    };
  }

  isComplete(directory: string) {
    return this.files.has(`${directory}/_SUCCESS`);
  }
}

const hints = { minPartitions: 1, defaultMinPartitions: 1, defaultParallelism: 1 };
const directory = 'memory://host/out';

function save(format: FileOutput['format'], partitions: unknown[][]): void {
  const output = { path: directory, id: 'x', mode: 'error', format, compression: 'none' } as const;
  const job = fileSystemOf(directory).beginOutput(output);
  const parts = partitions.map((rows, partition) => {
    const part = openPart(output, partition, 0);
    for (const row of rows) part.add(row);
    return part.finish();
  });
  job.commit(parts);
}

describe('a file system', () => {
  it('that is not known is refused with its scheme and those that are', () => {
    expect(() => fileSystemOf('s3a://bucket/key')).toThrowError(
      expect.objectContaining({
        code: 'UNKNOWN_FILE_SYSTEM',
        message: expect.stringMatching(/scheme s3a: of "s3a:\/\/bucket\/key"; there is file:/),
        data: expect.objectContaining({ scheme: 's3a', path: 's3a://bucket/key' }),
      }),
    );
  });

  it('is the local one for paths without a scheme, and for file:', () => {
    for (const path of ['a', '/a:b/c', 'file:///a', 'FILE:/a', 'c:/x'])
      expect(fileSystemOf(path).scheme).toBe('file');
  });

  it('that is registered serves every format', async () => {
    await loadCompression('lz4');
    const memory = new MemoryFiles();
    registerFileSystem(memory);
    save('text', [['a', 'b'], ['c']]);
    const parts = listSplits(directory, { kind: 'text', encoding: 'utf-8' }, hints).flatMap(
      (split) => split.parts,
    );
    const reader = openFiles({ kind: 'text', encoding: 'utf-8' }, parts);
    const lines: unknown[] = [];
    for (let rows = reader.readChunk(); rows !== null; rows = reader.readChunk())
      lines.push(...rows);
    expect(lines).toEqual(['a', 'b', 'c']);
    memory.files.clear();
    save('objects', [[1n], [{ x: 2 }]]);
    const rows = listObjectParts(directory, 2).map((split) => {
      const { path } = split.parts[0] as { path: string };
      const block = new ObjectFileReader(path).readBlock({ startByte: 0, endByte: 1e9 });
      return block?.root.toArray();
    });
    expect(rows).toEqual([[1n], [{ x: 2 }]]);
  });
});

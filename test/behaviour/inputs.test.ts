import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Compression } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { nextEvent } from './events.js';
import { failure, rejection } from './rejection.js';
import { Scratch } from './scratch.js';

const compressions: readonly Compression[] = ['none', 'gzip', 'lz4', 'zstd'];

describe('inputs', () => {
  const scratch = new Scratch();

  onEveryMaster('files', (sc) => {
    it('reads text files whole, small ones together', async () => {
      const files = Object.fromEntries(
        Array.from({ length: 12 }, (_, i) => [`f${String(i).padStart(2, '0')}`, `text ${i}\r\nü`]),
      );
      const directory = scratch.directory(files);
      const rdd = sc().wholeTextFiles(directory, 3);
      const rows = await rdd.collect();
      expect(rows.map(([path, text]) => [basename(path), text])).toEqual(Object.entries(files));
      expect(rows[0]?.[0]).toBe(join(directory, 'f00'));
      expect(await rdd.getNumPartitions()).toBe(3);
      expect(rdd.name).toBe(directory);
    });

    it('reads whole texts in other encodings, decompressed, without byte order marks', async () => {
      const directory = scratch.directory({
        'a.gz': gzipSync('\ufeffzipped'),
        b: Buffer.from('\ufeffmarked'),
      });
      expect((await sc().wholeTextFiles(directory).values().collect()).sort()).toEqual([
        'marked',
        'zipped',
      ]);
      const latin = scratch.file(Buffer.from('grün', 'latin1'));
      expect(await sc().wholeTextFiles(latin, { encoding: 'latin1' }).values().first()).toBe(
        'grün',
      );
    });

    it('reads binary files as they are', async () => {
      const zipped = gzipSync('x');
      const directory = scratch.directory({ a: Uint8Array.of(0, 255), 'b.gz': zipped, c: '' });
      const rows = await sc().binaryFiles(directory).collect();
      expect(rows.map(([path, bytes]) => [basename(path), bytes])).toEqual([
        ['a', Uint8Array.of(0, 255)],
        ['b.gz', new Uint8Array(zipped)],
        ['c', new Uint8Array(0)],
      ]);
    });

    it('reads records of fixed length, wherever files are cut', async () => {
      const bytes = Uint8Array.from({ length: 700 }, (_, i) => i);
      const directory = scratch.directory({ a: bytes, b: bytes.subarray(0, 7), c: '' });
      for (const minPartitions of [1, 3, 40]) {
        const rows = await sc().binaryRecords(directory, 7, { minPartitions }).collect();
        expect(rows).toHaveLength(101);
        expect(Buffer.concat(rows.slice(0, 100))).toEqual(Buffer.from(bytes));
      }
      const error = await failure(sc().binaryRecords(scratch.file('12345'), 2).count());
      expect(error.code).toBe('CORRUPT_INPUT');
      expect(error.data).toMatchObject({ byte: 4 });
      expect(() => sc().binaryRecords('x', 0)).toThrowError(/recordLength/);
    });

    it('reads lines in other encodings', async () => {
      const lines = ['grün', 'ਊ line', '', 'naïve'];
      const text = lines.join('\n');
      const utf16 = scratch.file(Buffer.from(`\ufeff${text}`, 'utf16le'));
      for (const encoding of ['utf16le', 'utf-16'])
        expect(await sc().textFile(utf16, { minPartitions: 5, encoding }).collect()).toEqual(lines);
      const cyrillic = scratch.file(Buffer.from([0xd0, 0xd2, 0xc9, 10, 0xd7, 0xc5, 0xd4]));
      expect(
        await sc().textFile(cyrillic, { encoding: 'koi8-r', minPartitions: 2 }).collect(),
      ).toEqual(['при', 'вет']);
      expect(() => sc().textFile('x', { encoding: 'klingon' })).toThrowError(/encoding/);
    });

    it('names the file and line of bad JSON, in every part of a file', async () => {
      const rows = Array.from({ length: 300 }, (_, i) => JSON.stringify({ i }));
      rows[200] = '{"i": oops';
      const path = scratch.file(`${rows.join('\n')}\n\n  \n`, 'rows.jsonl');
      const expected = { path, line: 201 };
      for (const minPartitions of [1, 7]) {
        const error = await failure(sc().jsonLines(path, { minPartitions }).count());
        expect(error.code).toBe('CORRUPT_INPUT');
        expect(error.data).toEqual(expected);
        expect(error.message).toContain(`Line 201 of input file ${JSON.stringify(path)}`);
      }
      const skipped = sc().jsonLines<{ i: number }>(path, { minPartitions: 7, badLines: 'skip' });
      expect(await skipped.map(({ i }) => i).sum()).toBe((299 * 300) / 2 - 200);
      const told = sc().jsonLines<{ i: number } | string>(path, {
        minPartitions: 7,
        badLines: ({ lineNumber, line, error }) => `${lineNumber} ${line} ${error.name}`,
      });
      expect(await told.filter((row) => typeof row === 'string').collect()).toEqual([
        '201 {"i": oops SyntaxError',
      ]);
      expect(() => sc().jsonLines('x', { badLines: 'ignore' as never })).toThrowError(/badLines/);
    });

    it('refuses file systems that it does not know', async () => {
      const error = await failure(sc().binaryFiles('hdfs://host/x').count());
      expect(error.code).toBe('UNKNOWN_FILE_SYSTEM');
      expect(error.message).toContain('hdfs:');
      const saved = await failure(sc().range(3).saveAsTextFile('s3a://bucket/key'));
      expect(saved.code).toBe('UNKNOWN_FILE_SYSTEM');
    });
  });

  onEveryMaster('round trips', (sc) => {
    it.each(compressions)('keep text and JSON, compression %s', async (compression) => {
      const rows = Array.from({ length: 3000 }, (_, i) => ({ i, text: `ü${i}`, list: [i, null] }));
      const text = scratch.fresh();
      const json = scratch.fresh();
      const rdd = sc().parallelize(rows, 3);
      await rdd.map((row) => row.text).saveAsTextFile(text, { compression });
      await rdd.saveAsJsonLines(json, { compression });
      const suffix = { none: '', gzip: '.gz', lz4: '.lz4', zstd: '.zst' }[compression];
      expect(readdirSync(text).sort()).toEqual([
        '_SUCCESS',
        ...[0, 1, 2].map((p) => `part-0000${p}${suffix}`),
      ]);
      expect(await sc().textFile(text).collect()).toEqual(rows.map((row) => row.text));
      expect(await sc().jsonLines(json).collect()).toEqual(rows);
    });

    it('keep random rows in object files, with their partitions', async () => {
      const row = fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withSparseArray: true,
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(row, { maxLength: 20 }),
          fc.integer({ min: 1, max: 5 }),
          fc.constantFrom(...compressions),
          async (rows, n, compression) => {
            const path = scratch.fresh();
            const rdd = sc().parallelize(rows, n);
            await rdd.saveAsObjectFile(path, { compression });
            const read = sc().objectFile<unknown>(path);
            expect(await read.collect()).toEqual(rows);
            expect(await read.getNumPartitions()).toBe(n);
          },
        ),
        { numRuns: 6 },
      );
    });

    it('overwrite an input of the same job, and append to it', async () => {
      const path = scratch.fresh();
      await sc().range(0, 10, 1, 2).saveAsObjectFile(path);
      const doubled = sc()
        .objectFile<number>(path)
        .map((x) => x * 2);
      await doubled.saveAsObjectFile(path, { mode: 'overwrite' });
      await sc().range(2).saveAsObjectFile(path, { mode: 'append', compression: 'lz4' });
      const rows = await sc().objectFile<number>(path).collect();
      expect(rows.sort((a, b) => a - b)).toEqual([0, 0, 1, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    });

    it('refuse damaged object files, naming the file', async () => {
      const path = scratch.fresh();
      await sc().range(0, 1000, 1, 2).saveAsObjectFile(path);
      const part = join(path, 'part-00001');
      const bytes = readFileSync(part);
      bytes[100] = (bytes[100] as number) ^ 1;
      writeFileSync(part, bytes);
      const error = await failure(sc().objectFile(path).count());
      expect(error.code).toBe('CORRUPT_INPUT');
      expect(error.message).toMatch(/part-00001" is damaged at byte \d+/);
    });

    it('leave nothing of a failed overwrite', async () => {
      const path = scratch.fresh();
      await sc().range(3).saveAsTextFile(path);
      const before = readdirSync(path);
      const failing = sc()
        .range(0, 10, 1, 2)
        .map((x) => {
          if (x === 9) throw new RangeError('no');
          return x;
        });
      for (const mode of ['overwrite', 'append'] as const) {
        await expect(failing.saveAsTextFile(path, { mode })).rejects.toThrow(RangeError);
        expect(readdirSync(path)).toEqual(before);
      }
      expect(await sc().textFile(path).count()).toBe(3);
    });
  });

  onEveryMaster('bridges', (sc) => {
    it('reads custom sources, sync or async, in order', async () => {
      const source = sc().source({
        partitions: [{ from: 0 }, { from: 10 }],
        async *read({ from }, index) {
          for (let i = 0; i < 3; i++) yield [index, from + i] as const;
        },
      });
      expect(await source.collect()).toEqual([
        [0, 0],
        [0, 1],
        [0, 2],
        [1, 10],
        [1, 11],
        [1, 12],
      ]);
      expect(
        await sc()
          .source({ partitions: [1, 2], read: (n) => [n, n] })
          .sum(),
      ).toBe(6);
      expect(
        await sc()
          .source({ partitions: [], read: () => [1] })
          .collect(),
      ).toEqual([]);
      expect(() => sc().source({ partitions: 5 as never, read: () => [] })).toThrowError(
        /partitions/,
      );
      expect(() => sc().source({ partitions: [], read: 5 as never })).toThrowError(/read/);
    });

    it('takes rows of a source as they come, and closes it when it needs no more', async () => {
      const path = scratch.fresh();
      const endless = sc().source({
        partitions: [0],
        *read() {
          try {
            for (let i = 0; ; i++) yield i;
          } finally {
            writeFileSync(path, 'closed');
          }
        },
      });
      expect(await endless.take(2)).toEqual([0, 1]);
      expect(readFileSync(path, 'utf8')).toBe('closed');
      const silent = sc().source({
        partitions: [0],
        async *read() {
          yield 1;
          yield 2;
          await new Promise(() => {});
        },
      });
      expect(await silent.take(2)).toEqual([1, 2]);
    });

    it('cancels a job whose source waits for a row that never comes', async () => {
      const job = sc()
        .source({
          partitions: [0],
          async *read(): AsyncGenerator<number> {
            yield await new Promise<number>(() => {});
          },
        })
        .count();
      await nextEvent(sc(), 'taskStart');
      const killed = nextEvent(sc(), 'taskEnd', ({ outcome }) => outcome === 'killed');
      job.cancel();
      expect((await failure(job)).code).toBe('JOB_CANCELLED');
      await killed;
    });

    it('tells at once that a task has started which then only waits', async () => {
      const silent = sc().source({
        partitions: [0],
        async *read(): AsyncGenerator<number> {
          await new Promise(() => {});
        },
      });
      for (let i = 0; i < 50; i++) {
        await sc().range(0, 10, 1, 2).count();
        const job = silent.count();
        await nextEvent(sc(), 'taskStart');
        job.cancel();
        expect((await failure(job)).code).toBe('JOB_CANCELLED');
      }
    });

    it('fails a job with what an async source throws', async () => {
      const source = sc().source({
        partitions: [0],
        async *read() {
          yield 1;
          throw new RangeError('gone');
        },
      });
      await expect(source.collect()).rejects.toThrow(RangeError);
    });

    it('writes to custom sinks, one message of each partition to the commit', async () => {
      const calls: unknown[] = [];
      await sc()
        .range(0, 5000, 1, 3)
        .saveTo<{ partition: number; sum: number }>({
          begin: () => {
            calls.push('begin');
          },
          open: (partition) => {
            let sum = 0;
            return {
              write: async (rows) => {
                for (const row of rows) sum += row;
              },
              finish: () => ({ partition, sum }),
            };
          },
          commit: (messages) => {
            calls.push(messages.map(({ partition }) => partition));
            calls.push(messages.reduce((sum, message) => sum + message.sum, 0));
          },
          abort: () => {
            calls.push('abort');
          },
        });
      expect(calls).toEqual(['begin', [0, 1, 2], (4999 * 5000) / 2]);
      const failed: unknown[] = [];
      const saving = sc()
        .range(3)
        .saveTo({
          open: () => ({
            write: () => {
              throw new RangeError('full');
            },
            finish: () => {},
          }),
          abort: (error) => {
            failed.push(error);
          },
        });
      await expect(saving).rejects.toThrow(RangeError);
      expect(failed).toHaveLength(1);
      const clumsy = sc()
        .range(3)
        .saveTo({
          open: () => ({
            write: () => {
              throw new RangeError('full');
            },
            finish: () => {},
            abort: () => {
              throw new TypeError('no writer');
            },
          }),
          abort: () => {
            throw new TypeError('no sink');
          },
        });
      const hidden = await rejection(clumsy);
      expect(hidden).toBeInstanceOf(RangeError);
      expect((hidden as { suppressed?: unknown }).suppressed).toEqual(new TypeError('no sink'));
      expect(
        (
          await failure(
            sc()
              .range(1)
              .saveTo({} as never),
          )
        ).code,
      ).toBe('INVALID_ARGUMENT');
    });

    it('streams rows to Node, a partition at a time', async () => {
      const rows: number[] = [];
      for await (const row of sc().range(0, 2500, 1, 4).toReadable()) rows.push(row as number);
      expect(rows).toEqual(Array.from({ length: 2500 }, (_, i) => i));
      const nulls = sc().parallelize([1, null], 1).toReadable();
      await expect(nulls.toArray()).rejects.toMatchObject({ code: 'UNSUPPORTED_VALUE' });
      const failing = sc()
        .range(2)
        .map((): number => {
          throw new RangeError('no');
        })
        .toReadable();
      await expect(failing.toArray()).rejects.toThrow(RangeError);
    });

    it('cancels the job of a stream that is destroyed', async () => {
      const stream = sc()
        .range(0, 1e12, 1, 1)
        .filter((x) => x < 0)
        .toReadable();
      stream.resume();
      await nextEvent(sc(), 'taskStart');
      const killed = nextEvent(sc(), 'taskEnd', ({ outcome }) => outcome === 'killed');
      stream.destroy();
      await killed;
      expect(await sc().range(0, 6, 1, 6).count()).toBe(6);
    });
  });
});

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { EventLog, nextEvent } from './events.js';
import { expectNoUnhandledRejections, failure, rejection } from './rejection.js';
import { filesIn, Scratch } from './scratch.js';

expectNoUnhandledRejections();

describe('saveAsTextFile', () => {
  const scratch = new Scratch();

  onEveryMaster('text output', (sc) => {
    it('writes a part file for each partition and _SUCCESS, nothing else', async () => {
      const path = scratch.fresh('out');
      await sc()
        .parallelize(['a', 'b', 'ü'], 2)
        .union(sc().parallelize<string>([], 1))
        .saveAsTextFile(path);
      expect(filesIn(path)).toEqual({
        _SUCCESS: '',
        'part-00000': 'a\n',
        'part-00001': 'b\nü\n',
        'part-00002': '',
      });
      expect(await sc().textFile(path).collect()).toEqual(['a', 'b', 'ü']);
    });

    it('makes parent directories', async () => {
      const path = join(scratch.fresh('parent'), 'deep', 'out');
      await sc().range(3).saveAsTextFile(path);
      expect(await sc().textFile(path).collect()).toEqual(['0', '1', '2']);
    });

    it('writes only _SUCCESS for an RDD without partitions', async () => {
      const path = scratch.fresh('out');
      await sc().emptyRDD<string>().saveAsTextFile(path);
      expect(readdirSync(path)).toEqual(['_SUCCESS']);
    });

    it('compresses on request', async () => {
      const path = scratch.fresh('out');
      const rows = Array.from({ length: 5000 }, (_, i) => `row ${i} ä`);
      await sc().parallelize(rows, 2).saveAsTextFile(path, { compression: 'gzip' });
      expect(readdirSync(path).sort()).toEqual(['_SUCCESS', 'part-00000.gz', 'part-00001.gz']);
      const first = gunzipSync(readFileSync(join(path, 'part-00000.gz'))).toString();
      expect(first.split('\n').slice(0, 2)).toEqual(['row 0 ä', 'row 1 ä']);
      expect(await sc().textFile(path).collect()).toEqual(rows);
    });

    it('writes primitives as String does, arrays and objects as JSON', async () => {
      const path = scratch.fresh('out');
      const rows = ['s', 1.5, -0, true, 12n, Number.NaN, ['a', 1], { k: [null, 'v'], n: 1n }];
      await sc().parallelize<unknown>(rows, 1).saveAsTextFile(path);
      expect(filesIn(path)['part-00000']).toBe(
        's\n1.5\n0\ntrue\n12\nNaN\n["a",1]\n{"k":[null,"v"],"n":"1"}\n',
      );
    });

    it('refuses null and undefined rows and leaves no directory', async () => {
      for (const row of [null, undefined]) {
        const path = scratch.fresh('out');
        const error = await failure(sc().parallelize(['a', row], 2).saveAsTextFile(path));
        expect(error.code).toBe('UNSUPPORTED_VALUE');
        expect(error.message).toContain(String(row));
        expect(existsSync(path)).toBe(false);
      }
    });

    it('refuses whatever exists at the path, before any task starts', async () => {
      const directory = scratch.directory({ kept: 'mine' });
      const empty = scratch.directory({});
      const file = scratch.file('content');
      using log = new EventLog(sc());
      for (const path of [directory, empty, file]) {
        const sorted = sc()
          .parallelize([2, 1], 2)
          .sortBy((x) => x);
        const error = await failure(sorted.saveAsTextFile(path));
        expect(error.code).toBe('OUTPUT_EXISTS');
        expect(error.message).toContain(path);
      }
      expect(log.of('taskStart')).toEqual([]);
      expect(filesIn(directory)).toEqual({ kept: 'mine' });
      expect(readdirSync(empty)).toEqual([]);
      expect(readFileSync(file, 'utf8')).toBe('content');
    });

    it('refuses its own earlier output', async () => {
      const path = scratch.fresh('out');
      await sc().range(2).saveAsTextFile(path);
      const before = filesIn(path);
      expect((await failure(sc().range(3).saveAsTextFile(path))).code).toBe('OUTPUT_EXISTS');
      expect(filesIn(path)).toEqual(before);
    });

    it('lets one of two jobs that write to the same path win', async () => {
      const path = scratch.fresh('out');
      const jobs = [sc().range(3).saveAsTextFile(path), sc().range(3).saveAsTextFile(path)];
      const outcomes = await Promise.allSettled(jobs);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await sc().textFile(path).collect()).toEqual(['0', '1', '2']);
    });

    it('rejects with OUTPUT_FAILED where no directory can be made', async () => {
      const path = join(scratch.file('a file'), 'out');
      expect((await failure(sc().range(2).saveAsTextFile(path))).code).toBe('OUTPUT_FAILED');
    });

    it('leaves no directory, and no parent made for it, when a task fails', async () => {
      const parent = scratch.fresh('parent');
      const failing = sc()
        .range(0, 10_000, 1, 3)
        .map((x) => {
          if (x === 9_999) throw new RangeError('too far');
          return x;
        });
      expect(await rejection(failing.saveAsTextFile(join(parent, 'out')))).toBeInstanceOf(
        RangeError,
      );
      expect(existsSync(parent)).toBe(false);
    });

    it('leaves no directory when it is cancelled', async () => {
      const path = scratch.fresh('out');
      const job = sc().range(0, 1e12, 1, 3).map(String).saveAsTextFile(path);
      await nextEvent(sc(), 'taskStart');
      expect(existsSync(path)).toBe(true);
      const killed = nextEvent(sc(), 'taskEnd', ({ outcome }) => outcome === 'killed');
      job.cancel();
      expect((await failure(job)).code).toBe('JOB_CANCELLED');
      await killed;
      // The next job runs behind the last write of the killed tasks.
      expect(await sc().range(0, 6, 1, 6).count()).toBe(6);
      expect(existsSync(path)).toBe(false);
    });

    it('leaves no directory when it was aborted before', async () => {
      const path = scratch.fresh('out');
      const signal = AbortSignal.abort();
      const error = await failure(sc().range(3).saveAsTextFile(path, { signal }));
      expect(error.code).toBe('JOB_CANCELLED');
      expect(existsSync(path)).toBe(false);
    });

    it('checks its arguments', async () => {
      const rdd = sc().range(1);
      for (const path of ['', undefined, 3])
        expect((await failure(rdd.saveAsTextFile(path as string))).code).toBe('INVALID_ARGUMENT');
      const compression = 'zip' as 'gzip';
      const path = scratch.fresh('out');
      expect((await failure(rdd.saveAsTextFile(path, { compression }))).code).toBe(
        'INVALID_ARGUMENT',
      );
      const misspelt = { compresion: 'gzip' } as object;
      expect((await failure(rdd.saveAsTextFile(path, misspelt))).message).toContain(
        'no option "compresion". Did you mean "compression"?',
      );
      expect(existsSync(path)).toBe(false);
    });

    it('may be read while files of others lie beside it', async () => {
      const parent = scratch.fresh('parent');
      mkdirSync(parent);
      writeFileSync(join(parent, 'other'), 'x');
      const job = sc()
        .parallelize([null], 1)
        .saveAsTextFile(join(parent, 'a', 'out'));
      await failure(job);
      expect(readdirSync(parent)).toEqual(['other']);
    });
  });
});

import { spawn } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FiresteelContext, JobPromise } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { masters, onEveryMaster } from './backends.js';
import { EventLog, nextEvent } from './events.js';
import { codesOf, expectNoUnhandledRejections, failure, rejection } from './rejection.js';
import { linesOf, Scratch } from './scratch.js';

expectNoUnhandledRejections();

/** More rows than any test waits for. */
const endless = 1e12;

describe('jobs', () => {
  const scratch = new Scratch();

  it('have no task wait behind a long one while another thread idles', async () => {
    const done = scratch.fresh('done');
    await using sc = await FiresteelContext.create({ master: 'local[2]' });
    const tasks = sc.range(0, 4, 1, 4).map((x) => {
      // By turns, it would come to the thread of task 0.
      if (x === 2) appendFileSync(done, '.');
      while (x === 0 && !existsSync(done))
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      return x;
    });
    expect(await tasks.collect()).toEqual([0, 1, 2, 3]);
  });

  onEveryMaster('jobs', (sc) => {
    it('of one context run at the same time and do not disturb each other', async () => {
      const jobs = Array.from({ length: 20 }, (_, i) => {
        const rdd = sc()
          .range(0, 1000, 1, 4)
          .map((x) => x * i);
        return i % 2 === 0
          ? rdd.sum()
          : rdd
              .keyBy((x) => x % 7)
              .reduceByKey((a, b) => a + b)
              .values()
              .sum();
      });
      expect(await Promise.all(jobs)).toEqual(jobs.map((_, i) => 499_500 * i));
      expect(new Set(jobs.map(({ jobId }) => jobId)).size).toBe(20);
    });

    it('fail alone', async () => {
      const failing = sc()
        .range(4)
        .map((x) => (x as unknown as string).trim())
        .collect();
      const fine = sc().range(0, 100, 1, 4).sum();
      expect(await rejection(failing)).toBeInstanceOf(TypeError);
      expect(await fine).toBe(4950);
    });

    it('that share a shuffle compute it once', async () => {
      const rows = scratch.fresh('rows');
      const sums = sc()
        .range(0, 30, 1, 3)
        .map((x): [number, number] => {
          appendFileSync(rows, '.\n');
          return [x % 3, x];
        })
        .reduceByKey((a, b) => a + b);
      const [counted, collected] = await Promise.all([sums.count(), sums.sortByKey().collect()]);
      expect(counted).toBe(3);
      expect(collected).toEqual([
        [0, 135],
        [1, 145],
        [2, 155],
      ]);
      expect(linesOf(rows)).toHaveLength(30);
    });

    it('skip the stages of shuffles that were made before', async () => {
      const sums = sc()
        .range(0, 30, 1, 3)
        .keyBy((x) => x % 3)
        .reduceByKey((a, b) => a + b, 2);
      using log = new EventLog(sc());
      expect(await sums.count()).toBe(3);
      expect(log.of('stageSubmitted').map(({ name }) => name.split(' ')[0])).toEqual([
        'reduceByKey',
        'count',
      ]);
      log.clear();
      expect(await sums.mapValues((x) => x + 1).count()).toBe(3);
      expect(log.of('stageSubmitted').map(({ name }) => name.split(' ')[0])).toEqual(['count']);
      expect(log.of('taskStart')).toHaveLength(2);
      const skipped = log.of('jobStart')[0]?.skippedStages ?? [];
      expect(skipped.map(({ name, numTasks }) => [name.split(' ')[0], numTasks])).toEqual([
        ['reduceByKey', 3],
      ]);
    });

    it('are promises', async () => {
      const job = sc().range(3).count();
      expect(job).toBeInstanceOf(JobPromise);
      expect(job.jobId).toBeTypeOf('number');
      const called: string[] = [];
      expect(await job.then((n) => n + 1).finally(() => void called.push('finally'))).toBe(4);
      expect(called).toEqual(['finally']);
      const failing = sc()
        .range(3)
        .reduce(() => {
          throw new RangeError('no');
        });
      expect(await failing.catch((error: unknown) => (error as Error).message)).toBe('no');
    });

    it('report events in order, with metrics', async () => {
      using log = new EventLog(sc());
      const file = scratch.file('a b\nb\n'.repeat(1000));
      const out = scratch.fresh('out');
      await sc()
        .textFile(file, 2)
        .flatMap((line) => line.split(' '))
        .map((word): [string, number] => [word, 1])
        .groupByKey(3)
        .map(([word, ones]) => `${word} ${ones.length}`)
        .saveAsTextFile(out);
      const kinds = log.all.map(({ kind }) => kind);
      expect(kinds[0]).toBe('jobStart');
      expect(kinds.at(-1)).toBe('jobEnd');
      expect(kinds.indexOf('stageCompleted')).toBeLessThan(kinds.lastIndexOf('stageSubmitted'));
      const [job] = log.of('jobStart');
      expect(job?.name).toMatch(/^saveAsTextFile at .*jobs\.test\.ts:\d+$/);
      expect(log.of('stageSubmitted').map(({ stageId }) => stageId)).toEqual(job?.stageIds);
      expect(log.of('jobEnd')).toMatchObject([
        { jobId: job?.jobId, result: { kind: 'succeeded' } },
      ]);
      const ofJob = ({ stageId }: { stageId: number }) => job?.stageIds.includes(stageId);
      const started = log
        .of('taskStart')
        .filter(ofJob)
        .map(({ taskId }) => taskId);
      const ended = log
        .of('taskEnd')
        .filter(ofJob)
        .map(({ taskId }) => taskId);
      expect(ended.toSorted()).toEqual(started.toSorted());
      expect(started).toHaveLength(job?.numTasks ?? 0);
      for (const taskId of started) {
        const at = (kind: string) =>
          log.all.findIndex(
            (event) => event.kind === kind && 'taskId' in event && event.taskId === taskId,
          );
        expect(at('taskStart')).toBeLessThan(at('taskEnd'));
      }
      const [map, reduce] = log.of('stageCompleted').map(({ metrics }) => metrics);
      expect(map).toMatchObject({ rowsRead: 2000, bytesRead: 6000, shuffleRowsRead: 0 });
      expect(map?.shuffleRowsWritten).toBe(3000);
      expect(map?.shuffleBytesWritten).toBeGreaterThan(0);
      expect(reduce?.shuffleRowsRead).toBe(map?.shuffleRowsWritten);
      expect(reduce).toMatchObject({ rowsRead: 0, rowsWritten: 2, bytesWritten: 14 });
    });

    it('report their failure', async () => {
      using log = new EventLog(sc());
      await rejection(
        sc()
          .range(1)
          .map(() => {
            throw new RangeError('here');
          })
          .count(),
      );
      expect(log.of('jobEnd')).toMatchObject([
        { result: { kind: 'failed', error: { message: 'here' } } },
      ]);
      expect(log.of('stageCompleted')).toMatchObject([
        { failureReason: expect.stringContaining('failed') },
      ]);
    });

    it('go on when a listener throws', async () => {
      const off = sc().events.on('taskStart', () => {
        throw new Error('from the listener');
      });
      const warning = new Promise<Error>((resolve) => process.once('warning', resolve));
      expect(await sc().range(10).sum()).toBe(45);
      expect((await warning).message).toContain('from the listener');
      off();
    });
  });

  onEveryMaster('cancelled jobs', (sc) => {
    /** Nothing of an earlier job is left in the slots when this resolves. */
    const works = async () => expect(await sc().range(0, 100, 1, 8).sum()).toBe(4950);

    it('stop in the middle of a partition and drop the tasks that wait', async () => {
      using log = new EventLog(sc());
      const job = sc()
        .range(0, endless, 1, 50)
        .map((x) => x + 1)
        .count();
      await nextEvent(sc(), 'taskStart');
      job.cancel('changed my mind');
      const error = await failure(job);
      expect(error.code).toBe('JOB_CANCELLED');
      expect(error.message).toContain('changed my mind');
      await works();
      const stageId = log.of('stageSubmitted')[0]?.stageId;
      const ends = log.of('taskEnd').filter((end) => end.stageId === stageId);
      expect(new Set(ends.map(({ outcome }) => outcome))).toEqual(new Set(['killed']));
      expect(ends.length).toBeLessThan(50);
      expect(log.of('jobEnd')[0]).toMatchObject({
        result: { kind: 'failed', error: { code: 'JOB_CANCELLED' } },
      });
      job.cancel();
      await works();
    });

    it.each(['map stage', 'cached partition', 'asynchronous operator'] as const)(
      'stop in a %s',
      async (where) => {
        const rows = sc().range(0, endless, 1, 3);
        const job = {
          'map stage': () =>
            rows
              .keyBy((x) => x % 5)
              .reduceByKey((a, b) => a + b)
              .count(),
          'cached partition': () =>
            rows
              .filter((x) => x < 0)
              .cache()
              .count(),
          'asynchronous operator': () =>
            rows
              .mapAsync(async (x) => x)
              .filter((x) => x < 0)
              .count(),
        }[where]();
        await nextEvent(sc(), 'taskStart');
        job.cancel();
        expect((await failure(job)).code).toBe('JOB_CANCELLED');
        await works();
      },
    );

    it('may be cancelled before they begin', async () => {
      const jobs = [
        sc().range(0, endless).count(),
        sc()
          .range(0, endless)
          .filter((x) => x < 0)
          .first(),
        sc()
          .range(0, endless)
          .sortBy((x) => x)
          .count(),
      ];
      for (const job of jobs) job.cancel();
      expect(await codesOf(jobs)).toEqual(jobs.map(() => 'JOB_CANCELLED'));
      await works();
    });

    it('may be cancelled in the jobs before the one that was asked for', async () => {
      const sorting = sc()
        .range(0, endless, 1, 4)
        .sortBy((x) => -x)
        .count();
      await nextEvent(sc(), 'taskStart');
      sorting.cancel();
      expect((await failure(sorting)).code).toBe('JOB_CANCELLED');
      const taking = sc()
        .range(0, endless, 1, 4)
        .filter((x) => x < 0)
        .take(1);
      await nextEvent(sc(), 'taskStart');
      taking.cancel();
      expect((await failure(taking)).code).toBe('JOB_CANCELLED');
      await works();
    });

    it('leave other jobs alone, also those that wait for the same shuffle', async () => {
      const gate = scratch.fresh('gate');
      const sums = sc()
        .range(0, 20_000, 1, 4)
        .map((x): [number, number] => {
          if (x % 5000 === 0) appendFileSync(gate, '.\n');
          return [x % 2, 1];
        })
        .reduceByKey((a, b) => a + b);
      const first = sums.count();
      const second = sums.sortByKey().collect();
      first.cancel();
      expect((await failure(first)).code).toBe('JOB_CANCELLED');
      expect(await second).toEqual([
        [0, 10_000],
        [1, 10_000],
      ]);
      await works();
    });

    it('follow a signal', async () => {
      const controller = new AbortController();
      const job = sc().range(0, endless, 1, 3).count({ signal: controller.signal });
      await nextEvent(sc(), 'taskStart');
      controller.abort(new Error('the user left'));
      const error = await failure(job);
      expect(error.code).toBe('JOB_CANCELLED');
      expect(error.cause).toMatchObject({ message: 'the user left' });
      await works();
    });

    it('do not begin when the signal was aborted', async () => {
      using log = new EventLog(sc());
      const signal = AbortSignal.abort();
      const rdd = sc().range(3);
      const actions: PromiseLike<unknown>[] = [
        rdd.collect({ signal }),
        rdd.take(2, { signal }),
        rdd.reduce((a) => a, { signal }),
        rdd.top(1, { signal }),
        rdd.forEach(() => {}, { signal }),
        rdd.toLocalIterator({ signal }).next(),
      ];
      expect(await codesOf(actions)).toEqual(actions.map(() => 'JOB_CANCELLED'));
      expect(log.all).toEqual([]);
    });

    it('are ended by cancelAllJobs before they begin, with the jobs they need first', async () => {
      const jobs = [
        sc().range(0, endless).count(),
        sc()
          .range(0, endless, 1, 2)
          .sortBy((x) => x)
          .count(),
      ];
      sc().cancelAllJobs('enough');
      expect(await codesOf(jobs)).toEqual(jobs.map(() => 'JOB_CANCELLED'));
      await works();
    });

    it('are all ended by cancelAllJobs', async () => {
      const jobs = [1, 2, 3].map((n) => sc().range(0, endless, 1, n).count());
      await nextEvent(sc(), 'taskStart');
      sc().cancelAllJobs('enough');
      expect(await codesOf(jobs)).toEqual(jobs.map(() => 'JOB_CANCELLED'));
      await works();
    });
  });

  onEveryMaster('partial reads', (sc) => {
    /** Rows 0 … 99 in 10 partitions; each row that is made leaves a line in a file. */
    function traced() {
      const made = scratch.fresh('made');
      const rdd = sc()
        .range(0, 100, 1, 10)
        .map((x) => {
          appendFileSync(made, `${x}\n`);
          return x;
        });
      return { rdd, made: () => linesOf(made).map(Number) };
    }

    it('take and first make no row more than they give', async () => {
      const few = traced();
      expect(await few.rdd.take(3)).toEqual([0, 1, 2]);
      expect(few.made()).toEqual([0, 1, 2]);
      const one = traced();
      expect(await one.rdd.first()).toBe(0);
      expect(one.made()).toEqual([0]);
      const none = traced();
      expect(await none.rdd.take(0)).toEqual([]);
      expect(await none.rdd.isEmpty()).toBe(false);
      expect(none.made()).toEqual([0]);
    });

    it('take stops endless iterables', async () => {
      const numbers = sc()
        .range(1)
        .flatMap(function* () {
          for (let i = 0; ; i++) yield i;
        });
      expect(await numbers.take(3)).toEqual([0, 1, 2]);
      const partitions = sc()
        .range(1)
        .mapPartitions(function* () {
          for (let i = 0; ; i++) yield i;
        });
      expect(await partitions.take(3)).toEqual([0, 1, 2]);
    });

    it('take looks into more partitions only while rows are missing', async () => {
      using log = new EventLog(sc());
      expect(
        await traced()
          .rdd.filter((x) => x >= 15)
          .take(2),
      ).toEqual([15, 16]);
      const partitions = log.of('taskStart').map(({ partition }) => partition);
      expect(partitions.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    });

    it('for await computes a partition when its first row is asked for', async () => {
      const { rdd, made } = traced();
      const rows: number[] = [];
      for await (const row of rdd) {
        rows.push(row);
        if (row === 12) break;
      }
      expect(rows).toEqual(Array.from({ length: 13 }, (_, i) => i));
      expect(made()).toEqual(Array.from({ length: 20 }, (_, i) => i));
      const all: number[] = [];
      for await (const row of rdd.toLocalIterator()) all.push(row);
      expect(all).toEqual(Array.from({ length: 100 }, (_, i) => i));
    });

    it('for await throws the error of user code after the rows before it', async () => {
      const rdd = sc()
        .range(0, 10, 1, 5)
        .map((x) => {
          if (x === 5) throw new RangeError('five');
          return x;
        });
      const rows: number[] = [];
      const read = async () => {
        for await (const row of rdd) rows.push(row);
      };
      expect(await rejection(read())).toBeInstanceOf(RangeError);
      expect(rows).toEqual([0, 1, 2, 3]);
    });
  });

  describe.each(masters)('stopping the context on %s', (master) => {
    it('ends running jobs with CONTEXT_STOPPED', async () => {
      const sc = await FiresteelContext.create({ master });
      const jobs: PromiseLike<unknown>[] = [
        sc.range(0, endless, 1, 3).count(),
        sc
          .range(0, endless, 1, 3)
          .sortBy((x) => x)
          .count(),
        sc
          .range(0, endless)
          .filter((x) => x < 0)
          .first(),
      ];
      await nextEvent(sc, 'taskStart');
      const stopped = sc.stop();
      expect(await codesOf(jobs)).toEqual(jobs.map(() => 'CONTEXT_STOPPED'));
      await stopped;
    });

    it('before anything ran is fine, and twice too', async () => {
      const sc = await FiresteelContext.create({ master });
      const job = sc.range(3).count();
      const stopped = Promise.all([sc.stop(), sc.stop()]);
      expect((await failure(job)).code).toBe('CONTEXT_STOPPED');
      await stopped;
    });

    it('leaves nothing that keeps a process alive', async () => {
      const script = `
        import { FiresteelContext } from 'firesteel';
        const sc = await FiresteelContext.create({ master: '${master}' });
        const pairs = sc.range(0, 100, 1, 4).keyBy((x) => x % 3).cache();
        console.log(await pairs.reduceByKey((a, b) => a + b).count());
        const endless = sc.range(0, 1e12, 1, 4).count();
        endless.catch((error) => console.log(error.code));
        await new Promise((resolve) => sc.events.on('taskStart', resolve));
        await sc.stop();
      `;
      expect(await run(script)).toEqual({ code: 0, stdout: '3\nCONTEXT_STOPPED\n', stderr: '' });
    });
  });
});

/** Runs a module in a process of its own until it ends by itself. */
function run(script: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

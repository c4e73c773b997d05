import { FiresteelContext } from 'firesteel';
import { expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { expectNoUnhandledRejections, failure } from './rejection.js';

expectNoUnhandledRejections();

/** What tasks leave behind in their thread. */
interface Seen {
  seen?: Set<unknown>;
}

onEveryMaster('broadcasts', (sc) => {
  it('give tasks their value, whatever functions may capture', async () => {
    class Scale {
      readonly #factor: number;
      constructor(factor: number) {
        this.#factor = factor;
      }
      of(x: number): number {
        return x * this.#factor;
      }
    }
    const offset = 10;
    const value = {
      names: new Map([[1, 'one']]),
      scale: new Scale(3),
      shifted: (x: number) => x + offset,
      grid: [[1.5, 2.5]],
      nothing: undefined,
    };
    const b = sc().broadcast(value);
    expect(b.value).toBe(value);
    const rows = await sc()
      .range(0, 4, 1, 4)
      .map((x) => [
        b.value.names.get(x) ?? 'other',
        b.value.scale.of(x),
        b.value.shifted(x),
        b.value.grid[0]?.[1],
      ])
      .collect();
    expect(rows).toEqual([
      ['other', 0, 10, 2.5],
      ['one', 3, 11, 2.5],
      ['other', 6, 12, 2.5],
      ['other', 9, 13, 2.5],
    ]);
  });

  it('are a snapshot of the moment when they were made', async () => {
    const list = [1, 2, 3];
    const b = sc().broadcast(list);
    list.push(4);
    const lengths = sc()
      .range(2)
      .map(() => b.value.length);
    expect(await lengths.collect()).toEqual([3, 3]);
  });

  it('are decoded once in each thread, however many jobs use them', async () => {
    const b = sc().broadcast({ table: [1, 2, 3] });
    const copies = sc()
      .range(0, 16, 1, 16)
      .map(() => {
        const thread = globalThis as Seen;
        thread.seen ??= new Set();
        thread.seen.add(b.value);
        return thread.seen.size;
      });
    for (let i = 0; i < 3; i++) expect(new Set(await copies.collect())).toEqual(new Set([1]));
    await sc()
      .range(0, 16, 1, 16)
      .forEach(() => {
        delete (globalThis as Seen).seen;
      });
  });

  it('share the memory of large typed arrays between threads', async () => {
    const b = sc().broadcast({ deep: [{ weights: new Float64Array(10_000).fill(0.5) }] });
    const kinds = await sc()
      .range(0, 4, 1, 4)
      .map(() => {
        const weights = b.value.deep[0]?.weights;
        return [weights?.buffer instanceof SharedArrayBuffer, weights?.at(-1)];
      })
      .collect();
    expect(kinds).toEqual(Array(4).fill([true, 0.5]));
    expect(b.value.deep[0]?.weights.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('work in stages before a shuffle, in partitioners and inside of each other', async () => {
    const inner = sc().broadcast(100);
    const outer = sc().broadcast({ plus: (x: number) => x + inner.value });
    const sums = sc()
      .range(0, 10, 1, 3)
      .map((x): [number, number] => [x % 2, outer.value.plus(x)])
      .partitionBy({ numPartitions: 2, getPartition: (key: number) => (key + inner.value) % 2 })
      .reduceByKey((a, b) => a + b);
    expect(await sums.collect()).toEqual([
      [0, 520],
      [1, 525],
    ]);
  });

  it('come back after unpersist', async () => {
    const b = sc().broadcast([7]);
    const sevens = sc()
      .range(0, 4, 1, 4)
      .map(() => b.value[0]);
    expect(await sevens.collect()).toEqual([7, 7, 7, 7]);
    b.unpersist();
    b.unpersist();
    expect(b.value).toEqual([7]);
    const running = sevens.collect();
    b.unpersist();
    expect(await running).toEqual([7, 7, 7, 7]);
    expect(await sevens.collect()).toEqual([7, 7, 7, 7]);
  });

  it('are refused after destroy: on the driver, and before a job starts', async () => {
    const b = sc().broadcast([7]);
    const sevens = sc()
      .range(4)
      .map(() => b.value[0]);
    expect(await sevens.first()).toBe(7);
    b.destroy();
    b.destroy();
    for (const use of [() => b.value, () => b.unpersist(), () => sevens.collect()])
      expect((await failure(use)).code).toBe('BROADCAST_DESTROYED');
    const { message } = await failure(sevens.collect());
    expect(message).toMatch(/map callback at .*broadcast\.test\.ts:\d+ → b/);
  });

  it('refuse to be freed in a task', async () => {
    const b = sc().broadcast(1);
    const error = await failure(
      sc()
        .range(1)
        .forEach(() => {
          b.destroy();
        }),
    );
    expect(error.code).toBe('DRIVER_ONLY');
    expect(b.value).toBe(1);
  });

  it('refuse what cannot travel when they are made', async () => {
    const rdd = sc().range(3);
    const error = await failure(() => sc().broadcast({ deep: { rdd } }));
    expect(error.code).toBe('RDD_IN_TASK');
    expect(error.message).toMatch(/the value of broadcast at .*:\d+ → deep → rdd/);
    expect((await failure(() => sc().broadcast(Promise.resolve()))).code).toBe(
      'CLOSURE_NOT_SERIALIZABLE',
    );
  });
});

it('a broadcast that is destroyed while tasks wait fails their job, and no other', async () => {
  await using sc = await FiresteelContext.create({ master: 'local[1]' });
  const b = sc.broadcast(1);
  const started = new Promise<void>((resolve) => {
    sc.events.on('taskStart', () => resolve());
  });
  // More than a slot takes at once.
  const slow = sc.range(0, 400, 1, 400).mapPartitions(async (rows) => {
    await new Promise((resolve) => setImmediate(resolve));
    return [...rows].map((x) => x + b.value);
  });
  const doomed = slow.sum();
  const other = sc.range(0, 10, 1, 10).sum();
  const failing = failure(doomed);
  await started;
  b.destroy();
  expect((await failing).code).toBe('BROADCAST_DESTROYED');
  expect(await other).toBe(45);
});

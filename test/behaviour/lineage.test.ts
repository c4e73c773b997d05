import type { RDD } from 'firesteel';
import { expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { EventLog } from './events.js';
import { expectNoUnhandledRejections } from './rejection.js';

expectNoUnhandledRejections();

let factor = 1;

onEveryMaster('long lineages', (sc) => {
  it('10,000 maps', async () => {
    let rdd: RDD<number> = sc().range(0, 100, 1, 2);
    for (let i = 0; i < 10_000; i++) rdd = rdd.map((x) => x + 1);
    expect(await rdd.sum()).toBe(4950 + 100 * 10_000);
  });

  it('200 shuffles in a row, of which a second job runs none', async () => {
    let rdd: RDD<[number, number]> = sc()
      .range(0, 20, 1, 2)
      .map((x) => [x % 5, x]);
    for (let i = 0; i < 200; i++)
      rdd = rdd.reduceByKey((a, b) => a + b, 2).map(([k, v]) => [(k + 1) % 5, v]);
    using log = new EventLog(sc());
    expect(await rdd.values().sum()).toBe(190);
    expect(log.of('stageSubmitted')).toHaveLength(201);
    log.clear();
    expect(await rdd.sortByKey(1).first()).toEqual([0, 30]);
    expect(log.of('stageSubmitted').length).toBeLessThan(5);
  });

  it('a tree of unions', async () => {
    let rdd: RDD<number> = sc().range(0, 2, 1, 1);
    for (let i = 0; i < 8; i++) rdd = rdd.union(rdd).map((x) => x + 1);
    expect(await rdd.count()).toBe(512);
    expect(await rdd.sum()).toBe(256 * (8 + 9));
  });
});

onEveryMaster('captured variables', (sc) => {
  it('of the module are seen as they are when each job is called', async () => {
    const scaled = sc()
      .range(1, 4)
      .map((x) => x * factor);
    factor = 1;
    expect(await scaled.collect()).toEqual([1, 2, 3]);
    factor = 10;
    expect(await scaled.collect()).toEqual([10, 20, 30]);
  });

  it('are taken at the call of the action, not when it is awaited or runs', async () => {
    let offset = 1;
    const options = { scale: 2 };
    const shifted = sc()
      .range(0, 3, 1, 3)
      .map((x) => x * options.scale + offset);
    offset = 100;
    const first = shifted.collect();
    offset = 200;
    options.scale = 3;
    const second = shifted.collect();
    offset = 300;
    options.scale = 4;
    expect(await first).toEqual([100, 102, 104]);
    expect(await second).toEqual([200, 203, 206]);
  });

  it('are taken at the call also by actions of several jobs', async () => {
    let offset = 1;
    const sorted = sc()
      .range(0, 4, 1, 2)
      .map((x) => x + offset)
      .sortBy((x) => -x);
    const job = sorted.collect();
    offset = 50;
    expect(await job).toEqual([4, 3, 2, 1]);
  });

  it('do not change on the driver', async () => {
    const seen: number[] = [];
    let count = 0;
    await sc()
      .range(5)
      .forEach((x) => {
        seen.push(x);
        count++;
      });
    expect([seen, count]).toEqual([[], 0]);
  });

  it('are stable for a shuffle that was made before', async () => {
    factor = 1;
    const sums = sc()
      .range(0, 4, 1, 2)
      .map((x): [number, number] => [0, x * factor])
      .reduceByKey((a, b) => a + b);
    expect(await sums.collect()).toEqual([[0, 6]]);
    factor = 7;
    expect(await sums.mapValues((x) => x * factor).collect()).toEqual([[0, 42]]);
  });

  it('arrays of parallelize are read when a job runs', async () => {
    const rows = [1, 2];
    const rdd = sc().parallelize(rows, 1);
    rows.push(3);
    expect(await rdd.collect()).toEqual([1, 2, 3]);
  });
});

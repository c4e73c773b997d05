import { FiresteelContext } from 'firesteel';
import { expect, it } from 'vitest';
import { EventLog } from '../behaviour/events.js';

const conf = { 'rpc.message.maxSize': '1m' };
const master = 'local-cluster[2,1,256]';

it('results, accumulators and errors that no message can hold reach the driver', async () => {
  await using sc = await FiresteelContext.create({ master, conf });
  using log = new EventLog(sc);
  const big = sc.range(0, 8, 1, 4).map((x) => String(x).repeat(1_000_000));
  expect((await big.collect()).map((text) => [text[0], text.length])).toEqual(
    Array.from({ length: 8 }, (_, x) => [String(x), 1_000_000]),
  );
  const seen = sc.collectionAccumulator<string>('seen');
  await big.forEach((text) => {
    seen.add(text);
  });
  expect(seen.value.reduce((sum, { length }) => sum + length, 0)).toBe(8_000_000);
  const failing = big.map((text): string => {
    throw new RangeError(text);
  });
  await expect(failing.collect()).rejects.toThrowError(/^(\d)\1{999999}$/);
  // None of them has cost an executor.
  expect(log.of('taskEnd').filter(({ outcome }) => outcome === 'lost')).toEqual([]);
});

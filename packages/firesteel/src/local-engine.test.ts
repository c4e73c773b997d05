import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FiresteelContext } from 'firesteel';
import { describe, expect, it } from 'vitest';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('LocalEngine', () => {
  it('drops the map outputs of RDDs that nobody can reach', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[2]' });
    const outputBytes = () => process.memoryUsage().arrayBuffers;
    const shuffleOnce = () =>
      sc
        .range(0, 200_000, 1, 2)
        .map((x): [number, number] => [x, x])
        .partitionBy(2)
        .count();
    await shuffleOnce();
    collectGarbage();
    const before = outputBytes();
    for (let i = 0; i < 20; i++) await shuffleOnce();
    // Finalizers run between turns of the event loop, some time after their object is collected.
    for (let i = 0; i < 50 && outputBytes() > before + 20e6; i++) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(outputBytes()).toBeLessThan(before + 20e6);
  });
});

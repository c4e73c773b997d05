import { Broadcast } from '@firesteel/rdd';
import { FiresteelContext } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { BroadcastReferences } from './broadcast-references.js';
import { untilCollected } from './testing/garbage.js';

describe('references to broadcasts', () => {
  it('tell by slot what a job needs, with the broadcasts inside of broadcasts', () => {
    const references = new BroadcastReferences(() => {});
    const [inner, outer] = [1, 2].map((value) => new Broadcast({} as never, value));
    if (inner === undefined || outer === undefined) expect.fail();
    references.add(inner, []);
    references.add(outer, [inner, {}]);
    const bySlot = references.bySlot([
      { object: outer, items: [0, 2] },
      { object: inner, items: [3] },
      { object: {}, items: [4] },
    ]);
    expect([...bySlot]).toEqual([
      [0, [outer.id, inner.id]],
      [2, [outer.id, inner.id]],
      [3, [inner.id]],
    ]);
  });

  it('tell when a broadcast is garbage', async () => {
    const ended: number[] = [];
    const references = new BroadcastReferences((id) => ended.push(id));
    const addSome = () => {
      const broadcast = new Broadcast({} as never, [1]);
      references.add(broadcast, []);
      return broadcast.id;
    };
    const id = addSome();
    expect(await untilCollected(() => ended.length > 0)).toBe(true);
    expect(ended).toEqual([id]);
  });

  it('are held by a job that runs, and let go with its functions', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[1]' });
    let isDone = false;
    const run = () => {
      const b = sc.broadcast([41]);
      const job = sc
        .range(0, 300, 1, 300)
        .mapPartitions(async (rows) => {
          await new Promise((resolve) => setImmediate(resolve));
          return [...rows].map(() => b.value[0] ?? 0);
        })
        .max();
      const done = job.finally(() => {
        isDone = true;
      });
      return { weak: new WeakRef(b), done };
    };
    const { weak, done } = run();
    await untilCollected(() => isDone);
    expect(await done).toBe(41);
    expect(await untilCollected(() => weak.deref() === undefined)).toBe(true);
  });
});

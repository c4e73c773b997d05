import { createNode } from '@firesteel/plan';
import { FiresteelContext } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { NodeLifetimes, type NodeState } from './node-lifetimes.js';
import { untilCollected } from './testing/garbage.js';

const callSite = { method: 'test', file: 'unknown', line: 0 };

describe('the lifetime of plan nodes', () => {
  it('ends with the last RDD that leads to them, also after a job ran over them', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[2]' });
    const run = async () => {
      const rdd = sc
        .parallelize([1, 2, 3, 4], 2)
        .map((x): [number, number] => [x % 2, x])
        .reduceByKey((a, b) => a + b);
      await rdd.collect();
      return new WeakRef(rdd.node);
    };
    const node = await run();
    expect(await untilCollected(() => node.deref() === undefined)).toBe(true);
  });

  it('is told with the shuffles that belong to a node, once', async () => {
    const ended: NodeState[] = [];
    const lifetimes = new NodeLifetimes((state) => ended.push(state));
    const watchSome = () => {
      const source = createNode({ kind: 'empty', parents: [], callSite });
      const shuffle = createNode({
        kind: 'shuffle',
        parents: [source],
        callSite,
        keyed: 'pair',
        partitioner: { kind: 'hash' },
        mapSideCombine: false,
      });
      lifetimes.watch(shuffle);
      lifetimes.watch(shuffle);
      return shuffle.id;
    };
    const id = watchSome();
    await untilCollected(() => ended.length >= 2);
    expect(ended.toSorted((a, b) => (a.nodeId ?? 0) - (b.nodeId ?? 0))).toEqual([
      { nodeId: id - 1, shuffleIds: [] },
      { nodeId: id, shuffleIds: [id] },
    ]);
  });
});

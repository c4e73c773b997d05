import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('is that of the shuffle files which they have made', async () => {
    const localDir = mkdtempSync(join(tmpdir(), 'firesteel-lifetimes-'));
    try {
      const files = () =>
        readdirSync(localDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
          name.endsWith('.data'),
        );
      await using sc = await FiresteelContext.create({
        master: 'local[2]',
        conf: {
          'executor.memory': '64m',
          'memory.reserved': 0,
          'memory.fraction': 0.02,
          'local.dir': localDir,
        },
      });
      const shuffled = () =>
        sc
          .range(0, 60_000, 1, 4)
          .map((x): [number, string] => [x, `value ${x} ${'x'.repeat(50)}`])
          .partitionBy(5);
      const run = async () => {
        await shuffled().count();
        expect(files().length).toBe(4);
      };
      await run();
      await untilCollected(() => files().length === 0);
      await expect.poll(files).toEqual([]);

      // Of an RDD that was unpersisted only other RDDs may still need them.
      const held = shuffled().persist();
      const read = async () => {
        const reader = held.keys();
        expect(await reader.count()).toBe(60_000);
        held.unpersist();
        expect(await sc.range(reader.id, reader.id + 1).count()).toBe(1);
        expect(files().length).toBe(4);
      };
      await read();
      await untilCollected(() => files().length === 0);
      await expect.poll(files).toEqual([]);
      expect(await held.count()).toBe(60_000);
    } finally {
      rmSync(localDir, { recursive: true });
    }
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

import { createNode } from '@firesteel/plan';
import { describe, expect, it } from 'vitest';
import { actionProgram, collectClosures } from './closures.js';
import { planJob } from './plan-job.js';
import * as lineage from './testing/lineages.js';

const { contextOf, parallelize, row, reduceByKey } = lineage;

describe('collectClosures', () => {
  it('names each function by method and line', () => {
    const words = row('flatMap', parallelize(1), 3, () => []);
    const counts = reduceByKey(row('map', words, 4), 2, 5);
    const by = (pair: unknown) => pair;
    const action = { kind: 'top', limit: 3, largest: true, by } as const;
    const { items } = collectClosures(counts, action, lineage.at('top', 7), contextOf());
    expect(items.map((item) => item.label)).toEqual([
      'flatMap callback at app.ts:3',
      'map callback at app.ts:4',
      'reduceByKey callback at app.ts:5',
      'top by function at app.ts:7',
    ]);
    expect(items.map((item) => item.value)).toEqual([
      'fn' in words && words.fn,
      lineage.identity,
      lineage.add,
      by,
    ]);
  });

  it('gives a function that is used twice one slot', () => {
    const node = row('filter', row('map', parallelize(1)));
    const { items } = collectClosures(node, { kind: 'count' }, lineage.at('count'), contextOf());
    expect(items).toHaveLength(1);
  });

  it('keeps equal zeros apart', () => {
    const aggregate = (zero: unknown) =>
      ({ kind: 'aggregate', zero, zeroIsFactory: false, seqOp: lineage.add }) as const;
    const sums = createNode({
      kind: 'shuffle',
      parents: [parallelize(2)],
      callSite: lineage.at('foldByKey'),
      keyed: 'pair',
      partitioner: { kind: 'hash' },
      aggregator: {
        kind: 'aggregate',
        zero: 0,
        zeroIsFactory: false,
        mergeValue: lineage.add,
        mergeCombiners: lineage.add,
      },
      mapSideCombine: true,
    });
    const action = aggregate(-0);
    const { items, slots } = collectClosures(sums, action, lineage.at('fold'), contextOf());
    expect(items.map((item) => item.value)).toEqual([0, lineage.add, -0]);
    expect(actionProgram(action, slots)).toEqual({
      kind: 'aggregate',
      zero: 2,
      zeroIsFactory: false,
      seqOp: 1,
    });
  });

  it('leaves out what stands behind a complete shuffle, also if its output is lost meanwhile', () => {
    const counts = reduceByKey(row('map', parallelize(2)));
    const action = { kind: 'count' } as const;
    const complete = contextOf({ complete: [counts.id] });
    const { items, slots } = collectClosures(counts, action, lineage.at('count'), complete);
    expect(items.map((item) => item.value)).toEqual([lineage.add]);
    const closureSet = {
      id: 1,
      bytes: new Uint8Array(),
      broadcasts: new Map(),
      carried: [],
      packages: [],
    };
    const request = { node: counts, action, callSite: lineage.at('count') };
    const ids = { nextProgramId: () => 0 };
    expect(planJob(request, slots, closureSet, ids, contextOf()).stages).toHaveLength(1);
  });
});

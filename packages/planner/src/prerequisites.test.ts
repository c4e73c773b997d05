import type { PlanNode } from '@firesteel/plan';
import { describe, expect, it } from 'vitest';
import { prerequisites, zipOffsetsFromCounts } from './prerequisites.js';
import * as lineage from './testing/lineages.js';

const { contextOf, parallelize, row, reduceByKey, sortByKey, zipWithIndex } = lineage;

const ids = (node: PlanNode, state: lineage.FakeState = {}) =>
  prerequisites(node, contextOf(state)).map((job) => {
    if (job.kind === 'sampleQuotas') return job.sample.id;
    return job.kind === 'rangeBounds' ? job.shuffleId : job.nodeId;
  });

describe('prerequisites', () => {
  it('sample the keys of a sort', () => {
    const pairs = parallelize(4);
    const sorted = sortByKey(pairs, 2);
    expect(prerequisites(row('map', sorted), contextOf())).toEqual([
      {
        kind: 'rangeBounds',
        shuffleId: sorted.id,
        node: pairs,
        action: { kind: 'sampleKeys', limit: 1536, seed: sorted.id, keyed: 'pair' },
        numPartitions: 2,
        callSite: lineage.at('sortByKey'),
      },
    ]);
  });

  it('count the pairs of each key for an exact sample, until they are known', () => {
    const pairs = parallelize(3);
    const sample = lineage.sampleByKey(pairs, [['a', 0.5]]);
    expect(ids(sample)).toEqual([sample.id]);
    expect(prerequisites(sample, contextOf())[0]).toMatchObject({
      node: pairs,
      action: { kind: 'countKeys', fractions: [['a', 0.5]] },
    });
    expect(ids(sample, { sampleQuotas: new Map([[sample.id, []]]) })).toEqual([]);
  });

  it('count the partitions before the last for an index', () => {
    const rows = parallelize(3);
    const indexed = zipWithIndex(rows);
    expect(prerequisites(indexed, contextOf())).toEqual([
      {
        kind: 'zipOffsets',
        nodeId: indexed.id,
        node: rows,
        action: { kind: 'count' },
        partitions: [0, 1],
        callSite: lineage.at('zipWithIndex'),
      },
    ]);
  });

  it('are none for one partition, or for what is known', () => {
    const sorted = sortByKey(parallelize(2));
    const indexed = zipWithIndex(parallelize(2));
    expect(ids(sortByKey(parallelize(2), 1))).toEqual([]);
    expect(ids(zipWithIndex(parallelize(1)))).toEqual([]);
    expect(ids(sorted, { rangeBounds: new Map([[sorted.id, new Uint8Array()]]) })).toEqual([]);
    expect(ids(indexed, { zipOffsets: new Map([[indexed.id, [0, 1]]]) })).toEqual([]);
  });

  it('come parents first, each once', () => {
    const inner = sortByKey(parallelize(2));
    const indexed = zipWithIndex(inner);
    const outer = sortByKey(row('map', indexed));
    expect(ids(lineage.union(outer, indexed, inner))).toEqual([inner.id, indexed.id, outer.id]);
  });

  it('are none behind complete shuffles', () => {
    const inner = sortByKey(parallelize(2));
    const outer = reduceByKey(row('map', zipWithIndex(inner)));
    expect(ids(outer, { complete: [outer.id] })).toEqual([]);
    expect(ids(outer, { complete: [inner.id] })).toHaveLength(1);
  });
});

describe('zipOffsetsFromCounts', () => {
  it('adds up the counts before each partition', () => {
    expect(zipOffsetsFromCounts([3, 0, 4])).toEqual([0, 3, 3, 7]);
    expect(zipOffsetsFromCounts([])).toEqual([0]);
  });
});

import { createNode, type PlanNode } from '@firesteel/plan';
import { describe, expect, it } from 'vitest';
import { samePartitioner } from './known-partitioner.js';
import { partitionCount, partitionerOf } from './lineage.js';
import * as lineage from './testing/lineages.js';

const { contextOf, parallelize, row, reduceByKey, partitionBy, sortByKey, union } = lineage;

const ctx = contextOf({ defaultParallelism: 8 });

function custom(
  parent: PlanNode,
  numPartitions: number,
  identity: { equals?(other: unknown): boolean },
): PlanNode {
  return createNode({
    kind: 'shuffle',
    parents: [parent],
    callSite: lineage.at('partitionBy'),
    keyed: 'pair',
    partitioner: { kind: 'custom', numPartitions, getPartition: () => 0, identity },
    mapSideCombine: false,
  });
}

describe('partition counts', () => {
  it.each<[string, PlanNode, number]>([
    ['parallelize', parallelize(3), 3],
    ['text files', lineage.textFile('x'), 2],
    ['a map', row('map', parallelize(3)), 3],
    ['a union', union(parallelize(3), parallelize(4)), 7],
    ['a coalesce', lineage.coalesce(parallelize(3), 2), 2],
    ['a coalesce to more', lineage.coalesce(parallelize(3), 5), 3],
    ['a sized shuffle', reduceByKey(parallelize(3), 5), 5],
    ['a shuffle', reduceByKey(parallelize(3)), 3],
    ['a distinct', lineage.distinct(parallelize(3)), 3],
    ['a sort', sortByKey(parallelize(3)), 3],
    ['a sized sort', sortByKey(parallelize(3), 2), 2],
    ['a cogroup', lineage.cogroup([parallelize(3), parallelize(4)]), 4],
    ['no rows', createNode({ kind: 'empty', parents: [], callSite: lineage.at('emptyRDD') }), 0],
  ])('of %s', (_what, node, count) => {
    expect(partitionCount(node, ctx)).toBe(count);
  });

  it('take the default when nothing was said', () => {
    const node = createNode({
      kind: 'parallelize',
      parents: [],
      callSite: lineage.at('parallelize'),
      data: [],
    });
    expect(partitionCount(node, ctx)).toBe(8);
  });
});

describe('the default partitioner', () => {
  const configured = contextOf({ defaultParallelism: 8, defaultParallelismSet: true });

  it('has as many partitions as the largest input', () => {
    expect(partitionCount(lineage.cogroup([parallelize(3), parallelize(5)]), ctx)).toBe(5);
  });

  it('has default.parallelism partitions when that is set', () => {
    expect(partitionCount(lineage.cogroup([parallelize(3), parallelize(50)]), configured)).toBe(8);
  });

  it('is that of an input within an order of magnitude', () => {
    const node = lineage.cogroup([partitionBy(parallelize(3), 6), parallelize(59)]);
    expect(partitionCount(node, ctx)).toBe(6);
  });

  it('is not that of an input ten times smaller than another', () => {
    const node = lineage.cogroup([partitionBy(parallelize(3), 6), parallelize(60)]);
    expect(partitionCount(node, ctx)).toBe(60);
  });

  it('is that of a small input if the default is not larger', () => {
    const node = lineage.cogroup([partitionBy(parallelize(3), 8), parallelize(800)]);
    expect(partitionCount(node, configured)).toBe(8);
  });

  it('is the largest of several', () => {
    const inputs = [partitionBy(parallelize(1), 3), partitionBy(parallelize(1), 5)];
    expect(partitionerOf(lineage.cogroup(inputs), ctx)).toEqual({ kind: 'hash', numPartitions: 5 });
  });
});

describe('the partitioner of a node', () => {
  const parts = partitionBy(parallelize(2), 4);
  const hash4 = { kind: 'hash', numPartitions: 4 };

  it.each<[string, PlanNode]>([
    ['filter', row('filter', parts)],
    ['mapValues', row('mapValues', parts)],
    ['distinct', lineage.distinct(parts)],
    ['distinct of the same size', lineage.distinct(parts, 4)],
    ['a union of RDDs partitioned alike', union(parts, row('filter', parts))],
    ['such a union with an empty RDD', union(parallelize(0), parts)],
  ])('is kept by %s', (_what, node) => {
    expect(partitionerOf(node, ctx)).toEqual(hash4);
  });

  it.each<[string, PlanNode]>([
    ['map', row('map', parts)],
    ['coalesce', lineage.coalesce(parts, 4)],
    ['zipWithIndex', lineage.zipWithIndex(parts)],
    ['distinct of another size', lineage.distinct(parts, 5)],
    ['a union with others', union(parts, parallelize(4))],
    ['a union of other sizes', union(parts, partitionBy(parallelize(1), 5))],
  ])('is lost by %s', (_what, node) => {
    expect(partitionerOf(node, ctx)).toBeUndefined();
  });

  it('is kept by mapPartitions that promise it', () => {
    const make = (preservesPartitioning: boolean) =>
      createNode({
        kind: 'mapPartitions',
        parents: [parts],
        callSite: lineage.at('mapPartitions'),
        fn: lineage.identity,
        withIndex: false,
        preservesPartitioning,
      });
    expect(partitionerOf(make(true), ctx)).toEqual(hash4);
    expect(partitionerOf(make(false), ctx)).toBeUndefined();
  });
});

describe('equality of partitioners', () => {
  const same = (a: PlanNode, b: PlanNode) =>
    samePartitioner(partitionerOf(a, ctx), partitionerOf(b, ctx));
  const input = parallelize(2);

  it('holds between hashes of one size', () => {
    expect(same(partitionBy(input, 4), reduceByKey(input, 4))).toBe(true);
    expect(same(partitionBy(input, 4), partitionBy(input, 5))).toBe(false);
  });

  it('holds between ranges with the same samples only', () => {
    const sorted = sortByKey(input);
    expect(same(sorted, row('filter', sorted))).toBe(true);
    expect(same(sorted, sortByKey(input))).toBe(false);
    expect(same(sorted, partitionBy(input, 2))).toBe(false);
  });

  it('holds between custom ones that are the same or say so', () => {
    const silent = {};
    const says = (answer: boolean) => ({ equals: () => answer });
    expect(same(custom(input, 3, silent), custom(input, 3, silent))).toBe(true);
    expect(same(custom(input, 3, silent), custom(input, 3, {}))).toBe(false);
    expect(same(custom(input, 3, says(true)), custom(input, 3, {}))).toBe(true);
    expect(same(custom(input, 3, says(false)), custom(input, 3, {}))).toBe(false);
    expect(same(custom(input, 3, says(true)), custom(input, 4, {}))).toBe(false);
  });

  it('does not hold for nothing', () => {
    expect(samePartitioner(undefined, undefined)).toBe(false);
  });
});

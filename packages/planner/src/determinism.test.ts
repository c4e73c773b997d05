import { createNode, type PlanNode } from '@firesteel/plan';
import { describe, expect, it } from 'vitest';
import { Lineage } from './lineage.js';
import * as lineage from './testing/lineages.js';
import { planAction } from './testing/plan-action.js';

const ctx = lineage.contextOf();

const repartition = (parent: PlanNode, numPartitions = 3): PlanNode =>
  createNode({
    kind: 'shuffle',
    parents: [parent],
    callSite: lineage.at('repartition'),
    keyed: 'row',
    partitioner: { kind: 'roundRobin', numPartitions },
    mapSideCombine: false,
  });

const pairs = () => lineage.row('map', lineage.range(10, 2));

const indeterminateStages = (node: PlanNode) =>
  planAction(node, ctx).stages.map(({ isIndeterminate }) => isIndeterminate);

describe('determinism of', () => {
  it.each<[string, PlanNode, string]>([
    ['rows of sources', lineage.zipWithIndex(pairs()), 'determinate'],
    ['dealt out rows of sources', repartition(pairs()), 'determinate'],
    ['partitioned pairs', lineage.partitionBy(pairs(), 3), 'determinate'],
    ['sorted pairs', lineage.zipWithIndex(lineage.sortByKey(pairs(), 3)), 'determinate'],
    ['combined pairs', lineage.reduceByKey(pairs(), 3), 'unordered'],
    ['joined pairs', lineage.cogroup([pairs(), pairs()], 3), 'unordered'],
    ['numbered combined pairs', lineage.zipWithIndex(lineage.distinct(pairs())), 'indeterminate'],
    ['dealt out combined pairs', repartition(lineage.reduceByKey(pairs(), 3)), 'indeterminate'],
    [
      'unions of both',
      lineage.union(pairs(), repartition(lineage.distinct(pairs()))),
      'indeterminate',
    ],
    [
      'what is made of rows that are not the same again',
      lineage.sortByKey(lineage.reduceByKey(repartition(lineage.distinct(pairs())), 2), 2),
      'indeterminate',
    ],
  ])('%s', (_, node, expected) => {
    expect(new Lineage(ctx).determinismOf(node)).toBe(expected);
  });

  it('the stages that must run as a whole: those that deal out unordered rows, and all behind', () => {
    expect(indeterminateStages(lineage.reduceByKey(repartition(pairs()), 2))).toEqual([
      false,
      false,
      false,
    ]);
    const dealt = repartition(lineage.reduceByKey(pairs(), 3));
    expect(indeterminateStages(lineage.reduceByKey(lineage.row('map', dealt), 2))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('only the side of a join that it depends on', () => {
    const dealt = lineage.row('map', repartition(lineage.reduceByKey(pairs(), 3)));
    const stages = indeterminateStages(lineage.cogroup([pairs(), dealt], 3));
    expect(stages.filter((isIndeterminate) => isIndeterminate)).toHaveLength(2);
    expect(stages).toHaveLength(5);
  });
});

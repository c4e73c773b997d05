import { createNode, type Pipeline, type PlanNode, type StagePlan } from '@firesteel/plan';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lineage, partitionCount } from './lineage.js';
import * as lineage from './testing/lineages.js';
import { planAction } from './testing/plan-action.js';

const { contextOf, parallelize, row, reduceByKey, partitionBy, union, cogroup } = lineage;

const ctx = contextOf();

/** The kinds of a pipeline's source and steps, outermost source first. */
function outline({ source, steps }: Pipeline): string {
  const inputs =
    'input' in source
      ? [source.input]
      : 'branches' in source
        ? source.branches
        : source.kind === 'cogroup'
          ? source.inputs.map((input) => (input.kind === 'pipeline' ? input.pipeline : undefined))
          : [];
  const inner = inputs.map((input) => (input === undefined ? 'shuffle' : outline(input)));
  const head = inner.length > 0 ? `${source.kind}(${inner.join(', ')})` : source.kind;
  return [head, ...steps.map((step) => step.kind)].join('.');
}

const resultOf = (stages: readonly StagePlan[]) => stages.at(-1) as StagePlan;

describe('a stage', () => {
  it('fuses a narrow chain', () => {
    const node = lineage.zipWithIndex(row('filter', row('map', parallelize(1))));
    const { stages, partitions } = planAction(node, ctx);
    expect(stages.map((stage) => outline(stage.program.pipeline))).toEqual([
      'rows.map.filter.zipWithIndex',
    ]);
    expect(partitions).toEqual([0]);
    expect(stages[0]?.program.sink).toEqual({ kind: 'action', action: { kind: 'collect' } });
  });

  it('names the broadcasts that its own functions reach, each once', () => {
    const [one, two, both] = [(x: unknown) => [x, 1], (x: unknown) => [x, 2], (x: unknown) => x];
    const pairs = row('map', row('map', parallelize(2), 1, one), 2, both);
    const last = row('map', row('map', reduceByKey(pairs, 2), 3, two), 4, both);
    const { stages } = planAction(last, ctx, {
      broadcasts: [
        [one, [1]],
        [two, [2]],
        [both, [7, 1]],
      ],
    });
    expect(stages.map(({ program }) => program.broadcasts.toSorted())).toEqual([
      [1, 7],
      [1, 2, 7],
    ]);
    expect(planAction(last, ctx).stages.map(({ program }) => program.broadcasts)).toEqual([[], []]);
  });

  it('ends at a shuffle, which combines on the map side', () => {
    const pairs = row('map', lineage.textFile('in.txt'), 4);
    const counts = reduceByKey(pairs, 3, 5);
    const { stages } = planAction(row('filter', counts), ctx);
    expect(stages.map((stage) => outline(stage.program.pipeline))).toEqual([
      'files.map',
      'shuffle.filter',
    ]);
    const [map, result] = stages;
    expect(map).toMatchObject({
      shuffleId: counts.id,
      numPartitions: 2,
      parents: [],
      callSite: { method: 'reduceByKey', line: 5 },
      rddIds: [pairs.id, pairs.parents[0]?.id],
      operators: [
        { rddId: pairs.id, callSite: { line: 4 }, parentIds: [pairs.parents[0]?.id] },
        { name: 'in.txt', parentIds: [], numPartitions: 2 },
      ],
    });
    expect(map?.program.sink).toEqual({
      kind: 'shuffleWrite',
      shuffleId: counts.id,
      keyed: 'pair',
      partitioner: { kind: 'hash', numPartitions: 3 },
      isGrouped: true,
      isSorted: false,
      combine: { kind: 'reduce', merge: 1 },
    });
    expect(result).toMatchObject({
      numPartitions: 3,
      parents: [{ shuffleId: counts.id, unlessCached: [] }],
    });
    expect(result?.operators).toMatchObject([
      { parentIds: [counts.id] },
      { rddId: counts.id, parentIds: [], shuffleIds: [counts.id] },
    ]);
    expect(result).not.toHaveProperty('shuffleId');
    expect(result?.program.pipeline.source).toMatchObject({
      read: { aggregator: { kind: 'reduce', merge: 1 }, mapSideCombined: true },
    });
  });

  it('does not combine groups on the map side', () => {
    const node = createNode({
      kind: 'shuffle',
      parents: [parallelize(2)],
      callSite: lineage.at('groupByKey'),
      keyed: 'pair',
      partitioner: { kind: 'hash' },
      aggregator: { kind: 'group' },
      mapSideCombine: false,
    });
    const [map, result] = planAction(node, ctx).stages;
    expect(map?.program.sink).not.toHaveProperty('combine');
    expect(result?.program.pipeline.source).toMatchObject({
      read: { aggregator: { kind: 'group' }, mapSideCombined: false },
    });
  });

  it('combines in place what is partitioned already', () => {
    const parts = partitionBy(parallelize(2), 4);
    const { stages } = planAction(reduceByKey(row('mapValues', parts), 4), ctx);
    expect(stages.map((stage) => outline(stage.program.pipeline))).toEqual([
      'rows',
      'combine(shuffle.mapValues)',
    ]);
  });

  it('has no part of a partitionBy that changes nothing', () => {
    const parts = partitionBy(row('filter', partitionBy(parallelize(2), 4)), 4);
    const { stages } = planAction(row('map', parts), ctx);
    expect(stages.map((stage) => outline(stage.program.pipeline))).toEqual([
      'rows',
      'shuffle.filter.map',
    ]);
  });

  it('reads the sides of a cogroup through shuffles, or in place where they fit', () => {
    const left = partitionBy(parallelize(2), 4);
    const right = row('map', parallelize(3));
    const node = cogroup([left, right]);
    const { stages } = planAction(node, ctx);
    expect(stages.map((stage) => outline(stage.program.pipeline))).toEqual([
      'rows.map',
      'rows',
      'cogroup(shuffle, shuffle)',
    ]);
    const { source } = resultOf(stages).program.pipeline;
    if (source.kind !== 'cogroup' || node.kind !== 'cogroup') throw new Error('no cogroup');
    expect(source.inputs.map((input) => input.kind)).toEqual(['pipeline', 'shuffle']);
    expect(source.inputs[1]).toEqual({ kind: 'shuffle', shuffleId: node.shuffleIds[1] });
    expect(stages[0]?.program.sink).toEqual({
      kind: 'shuffleWrite',
      shuffleId: node.shuffleIds[1],
      keyed: 'pair',
      partitioner: { kind: 'hash', numPartitions: 4 },
      isGrouped: true,
      isSorted: false,
    });
  });

  it('is planned once for all that read its shuffle', () => {
    const shared = reduceByKey(parallelize(2));
    const node = union(row('map', shared), row('filter', shared));
    const { stages } = planAction(node, ctx);
    expect(stages.map((stage) => outline(stage.program.pipeline))).toEqual([
      'rows',
      'union(shuffle.map, shuffle.filter)',
    ]);
    expect(resultOf(stages).parents).toHaveLength(1);
  });

  it('is not planned for a complete shuffle', () => {
    const first = reduceByKey(parallelize(2));
    const second = reduceByKey(row('map', first));
    const { stages } = planAction(second, contextOf({ complete: [second.id] }));
    expect(stages).toHaveLength(1);
    expect(stages[0]?.parents.map((parent) => parent.shuffleId)).toEqual([second.id]);
    expect(planAction(second, contextOf({ complete: [first.id] })).stages).toHaveLength(2);
  });

  it('rejects partitions that are not there', () => {
    expect(() => planAction(parallelize(2), ctx, { partitions: [2] })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(planAction(parallelize(3), ctx, { partitions: [2, 0] }).partitions).toEqual([2, 0]);
  });
});

describe('unions and coalescing', () => {
  it('dissolves nested unions in order', () => {
    const [a, b, c] = [parallelize(1), row('map', parallelize(2)), lineage.range(9, 1)];
    const { stages } = planAction(union(union(a, b), union(c)), ctx);
    expect(stages.map((stage) => outline(stage.program.pipeline))).toEqual([
      'union(rows, rows.map, range)',
    ]);
    expect(stages[0]?.splitsFor(2)).toMatchObject([{ sourceId: b.parents[0]?.id, partition: 1 }]);
    expect(stages[0]?.splitsFor(3)).toMatchObject([
      { sourceId: c.id, partition: 0, split: { kind: 'range', start: 0, step: 1, count: 9 } },
    ]);
  });

  it('zips the partitions of RDDs that are partitioned alike', () => {
    const parts = partitionBy(parallelize(2), 4);
    const node = union(parts, row('filter', parts), parallelize(0));
    expect(outline(resultOf(planAction(node, ctx).stages).program.pipeline)).toBe(
      'zippedUnion(shuffle, shuffle.filter)',
    );
  });

  it('has no rows without inputs', () => {
    const { stages, partitions } = planAction(union(), ctx);
    expect(partitions).toEqual([]);
    expect(stages[0]?.program.pipeline.source).toEqual({
      kind: 'union',
      branches: [],
      numPartitions: 0,
    });
  });

  it('reads the splits of all partitions of a group', () => {
    const rows = parallelize(5);
    const [stage] = planAction(lineage.coalesce(rows, 2), ctx).stages;
    expect(stage?.splitsFor(1).map((split) => split.partition)).toEqual([2, 3, 4]);
    const [same] = planAction(lineage.coalesce(rows, 7), ctx).stages;
    expect(same?.program.pipeline.source.kind).toBe('rows');
  });
});

describe('cached RDDs', () => {
  it('stand around the pipeline so far', () => {
    const cached = row('map', parallelize(2));
    const node = row('filter', cached);
    const [stage] = planAction(node, contextOf({ cached: [cached] })).stages;
    expect(outline(stage?.program.pipeline as Pipeline)).toBe('cached(rows.map).filter');
    expect(stage?.cachedBlocksFor(1)).toEqual([{ rddId: cached.id, partition: 1 }]);
    expect(stage?.splitsFor(1)).toHaveLength(1);
  });

  it('are named nearest first', () => {
    const inner = row('map', parallelize(2));
    const outer = row('map', inner);
    const [stage] = planAction(outer, contextOf({ cached: [inner, outer] })).stages;
    expect(outline(stage?.program.pipeline as Pipeline)).toBe('cached(cached(rows.map).map)');
    expect(stage?.cachedBlocksFor(0).map((block) => block.rddId)).toEqual([outer.id, inner.id]);
  });

  it('make a shuffle unnecessary if they stand on every path to it', () => {
    const shuffled = reduceByKey(parallelize(2), 3);
    const base = row('map', shuffled);
    const left = row('map', base);
    const node = union(left, row('filter', base));
    const unlessCached = (...cached: PlanNode[]) =>
      resultOf(planAction(node, contextOf({ cached })).stages).parents[0]?.unlessCached;
    expect(unlessCached(base)).toEqual([{ rddId: base.id, numPartitions: 3 }]);
    expect(unlessCached(left)).toEqual([]);
    expect(unlessCached(left, base)).toEqual([{ rddId: base.id, numPartitions: 3 }]);
    expect(unlessCached(node)).toEqual([{ rddId: node.id, numPartitions: 6 }]);
    expect(unlessCached(node, base)?.map((cache) => cache.rddId)).toEqual([base.id, node.id]);
  });

  it('nest only so deep that a program can be cloned', () => {
    const nodes: PlanNode[] = [parallelize(1)];
    for (let i = 0; i < 3000; i++) nodes.push(row('map', nodes.at(-1) as PlanNode));
    const { stages } = planAction(nodes.at(-1) as PlanNode, contextOf({ cached: nodes }));
    expect(() => structuredClone(stages[0]?.program)).not.toThrow();
    expect(stages[0]?.cachedBlocksFor(0)[0]).toEqual({ rddId: nodes.at(-1)?.id, partition: 0 });
  });
});

describe('range partitioners', () => {
  it('are resolved to the sampled bounds', () => {
    const sorted = lineage.sortByKey(parallelize(2), 3);
    const rangeBounds = new Map([[sorted.id, Uint8Array.of(7, 16)]]);
    const [map, result] = planAction(sorted, contextOf({ rangeBounds })).stages;
    expect(map?.program.sink).toMatchObject({
      isSorted: true,
      partitioner: {
        kind: 'range',
        numPartitions: 3,
        ascending: true,
        bounds: Uint8Array.of(7, 16),
      },
    });
    expect(result?.program.pipeline.source).toMatchObject({ read: { order: { ascending: true } } });
  });

  it('are shared with what is joined to a sorted RDD', () => {
    const sorted = lineage.sortByKey(parallelize(2), 3);
    const rangeBounds = new Map([[sorted.id, Uint8Array.of(5)]]);
    const { stages } = planAction(cogroup([sorted, parallelize(3)]), contextOf({ rangeBounds }));
    for (const stage of stages.slice(0, -1))
      expect(stage.program.sink).toMatchObject({
        partitioner: { kind: 'range', bounds: Uint8Array.of(5) },
      });
  });

  it('need no bounds for one partition, and work without any', () => {
    expect(() => planAction(lineage.sortByKey(parallelize(1)), ctx)).not.toThrow();
    const sorted = lineage.sortByKey(parallelize(2));
    const rangeBounds = new Map([[sorted.id, new Uint8Array()]]);
    expect(() => planAction(sorted, contextOf({ rangeBounds }))).not.toThrow();
    expect(() => planAction(sorted, ctx)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });
});

/** How to grow a lineage: an operator, and which of the nodes so far it takes. */
interface Growth {
  readonly op: number;
  readonly first: number;
  readonly second: number;
}

const growth: fc.Arbitrary<Growth[]> = fc.array(
  fc.record({ op: fc.nat(7), first: fc.nat(99), second: fc.nat(99) }),
  { minLength: 1, maxLength: 14 },
);

/** The last node of a random DAG over three leaves. */
function grow(steps: readonly Growth[]): PlanNode {
  const nodes: PlanNode[] = [parallelize(2), lineage.textFile('x'), lineage.range(10, 3)];
  for (const { op, first, second } of steps) {
    // Mostly on top of what is there, so that lineages become deep.
    const a = nodes[nodes.length - 1 - (first % Math.min(2, nodes.length))] as PlanNode;
    const b = nodes[second % nodes.length] as PlanNode;
    const grown = [
      () => row('map', a),
      () => row('filter', a),
      () => union(a, b),
      () => reduceByKey(a),
      () => partitionBy(a, 3),
      () => lineage.distinct(a),
      () => cogroup([a, b], 3),
      () => lineage.coalesce(a, 2),
    ][op] as () => PlanNode;
    nodes.push(grown());
  }
  return nodes.at(-1) as PlanNode;
}

/** The shuffles behind a node, by the plainest recursion. */
function shufflesBehind(node: PlanNode, into = new Set<number>()): Set<number> {
  const { narrow, shuffles } = new Lineage(ctx).dependenciesOf(node);
  for (const { shuffleId, parent } of shuffles) {
    into.add(shuffleId);
    shufflesBehind(parent, into);
  }
  for (const parent of narrow) shufflesBehind(parent, into);
  return into;
}

describe('any lineage', () => {
  it('has a stage for each shuffle behind it, parents first, and one for the result', () => {
    fc.assert(
      fc.property(growth, (steps) => {
        const node = grow(steps);
        const { stages } = planAction(node, ctx);
        const shuffles = shufflesBehind(node);
        expect(stages).toHaveLength(shuffles.size + 1);
        const done = new Set<number>();
        for (const stage of stages) {
          for (const { shuffleId } of stage.parents) expect(done).toContain(shuffleId);
          if (stage.shuffleId !== undefined) done.add(stage.shuffleId);
        }
        expect(done).toEqual(shuffles);
        expect(resultOf(stages).numPartitions).toBe(partitionCount(node, ctx));
      }),
    );
  });

  it('reads each partition of each leaf', () => {
    fc.assert(
      fc.property(growth, (steps) => {
        const node = grow(steps);
        for (const stage of planAction(node, ctx).stages) {
          const read = new Set<string>();
          for (let p = 0; p < stage.numPartitions; p++)
            for (const split of stage.splitsFor(p))
              read.add(`${split.sourceId}:${split.partition}`);
          const expected = new Set<string>();
          const reachable = new Lineage(ctx).neededNodes(node);
          for (const leaf of reachable.filter((leaf) => stage.rddIds.includes(leaf.id)))
            if (leaf.parents.length === 0)
              for (let p = 0; p < partitionCount(leaf, ctx); p++) expected.add(`${leaf.id}:${p}`);
          expect(read).toEqual(expected);
        }
      }),
    );
  });

  it('reads no partition of a leaf twice when nothing is used twice', () => {
    const node = lineage.coalesce(
      union(row('map', parallelize(5)), lineage.coalesce(lineage.textFile('x'), 1), parallelize(3)),
      4,
    );
    const [stage] = planAction(node, ctx).stages;
    const read: string[] = [];
    for (let p = 0; p < 4; p++)
      for (const split of stage?.splitsFor(p) ?? [])
        read.push(`${split.sourceId}:${split.partition}`);
    expect(new Set(read).size).toBe(read.length);
    expect(read).toHaveLength(10);
  });
});

describe('deep lineages', () => {
  it('are refused when a program would nest too deep to travel', () => {
    const grow = (times: number) =>
      repeat(times, parallelize(1), (n) => union(row('map', n), parallelize(1)));
    const [stage] = planAction(grow(400), ctx).stages;
    expect(() => structuredClone(stage?.program)).not.toThrow();
    expect(() => planAction(grow(402), ctx)).toThrow(
      expect.objectContaining({ code: 'LINEAGE_TOO_DEEP' }),
    );
  });

  /** Processor time of the fastest of three, because other tests share the processors. */
  function milliseconds(work: () => void): number {
    const times = [1, 2, 3].map(() => {
      const start = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    });
    return Math.min(...times);
  }

  function repeat(times: number, start: PlanNode, step: (node: PlanNode) => PlanNode): PlanNode {
    let node = start;
    for (let i = 0; i < times; i++) node = step(node);
    return node;
  }

  it.each<[string, number, (node: PlanNode) => PlanNode]>([
    ['10,000 maps', 1, (node) => repeat(10_000, node, (n) => row('map', n))],
    ['3,000 shuffles', 3001, (node) => repeat(3000, node, (n) => reduceByKey(row('map', n)))],
    ['10,000 nested unions', 1, (node) => repeat(10_000, node, (n) => union(n, parallelize(1)))],
    [
      '3,000 nested cogroups',
      6001,
      (node) => repeat(3000, node, (n) => row('map', cogroup([n, parallelize(1)]))),
    ],
  ])('plans %s', (_what, numStages, build) => {
    const node = build(parallelize(2));
    let stages: readonly StagePlan[] = [];
    const time = milliseconds(() => {
      stages = planAction(node, ctx).stages;
    });
    expect(stages).toHaveLength(numStages);
    expect(time).toBeLessThan(1000);
  });
});

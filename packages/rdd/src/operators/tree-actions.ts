import { type ActionSpec, createNode, type PlanNode } from '@firesteel/plan';
import { type ActionTarget, act, collectRows, emptyCollection, type RunJob } from '../actions.js';
import { checkInteger, checkSyncFunction } from '../arguments.js';
import type { ActionOptions, JobPromise } from '../job-promise.js';
import { combineNode } from '../shuffle-operators.js';
import { freshZero, type Zero, zeroSpec } from '../zero.js';
import { ApproximateActions } from './approximate-actions.js';

/** Options of `treeReduce` and `treeAggregate`. */
export interface TreeOptions extends ActionOptions {
  /** Levels of the tree, at least 1, which is no tree; 2 by default. */
  readonly depth?: number;
}

type Merge = (a: never, b: never) => unknown;

/**
 * Actions that merge the results of many partitions on executors, level by level, so that the
 * driver gets few. Neighbours are merged first: functions need to be associative only.
 */
export abstract class TreeActions<T> extends ApproximateActions<T> {
  /**
   * `reduce` by a tree.
   *
   * @throws FiresteelError EMPTY_COLLECTION when there are no rows (by rejection)
   */
  treeReduce(fn: (a: T, b: T) => T, options: TreeOptions = {}): JobPromise<T> {
    const target = this.action(this.treeReduce, options, { depth: 'number' });
    return act(target, async (runJob) => {
      checkSyncFunction(fn, 'The function of treeReduce');
      const depth = checkInteger(options.depth ?? 2, 'depth of treeReduce', 1);
      const values = await mergedByTree<T>(
        target,
        runJob,
        { kind: 'reduce', merge: fn },
        fn,
        depth,
      );
      if (values.length === 0) throw emptyCollection(target.callSite);
      return values.reduce((a, b) => fn(a, b));
    });
  }

  /**
   * `aggregate` by a tree: `combOp` runs on executors as well.
   *
   * @param zero a value to be cloned for each use, or a function that makes one
   * @example
   * gradients.treeAggregate(() => new Array(1e6).fill(0), addRow, addVectors, { depth: 3 })
   */
  treeAggregate<U>(
    zero: Zero<U>,
    seqOp: (accumulator: U, row: T) => U,
    combOp: (a: U, b: U) => U,
    options: TreeOptions = {},
  ): JobPromise<U> {
    const target = this.action(this.treeAggregate, options, { depth: 'number' });
    return act(target, async (runJob) => {
      checkSyncFunction(seqOp, 'seqOp of treeAggregate');
      checkSyncFunction(combOp, 'combOp of treeAggregate');
      const depth = checkInteger(options.depth ?? 2, 'depth of treeAggregate', 1);
      const spec = zeroSpec(zero, 'treeAggregate');
      const aggregate = { kind: 'aggregate', ...spec, seqOp } as const;
      const values = await mergedByTree<U>(target, runJob, aggregate, combOp, depth);
      return values.reduce((a, b) => combOp(a, b), freshZero<U>(spec));
    });
  }
}

/** The results of partitions, merged until few enough are left for the driver, in order. */
async function mergedByTree<U>(
  { context, node: rows, callSite }: ActionTarget,
  runJob: RunJob,
  aggregate: Extract<ActionSpec, { kind: 'reduce' | 'aggregate' }>,
  merge: Merge,
  depth: number,
): Promise<U[]> {
  let size = await context.engine.partitionCount(rows);
  let node: PlanNode = createNode({
    kind: 'aggregatePartitions',
    parents: [rows],
    callSite,
    aggregate,
  });
  // As in Spark: levels as long as one more saves the driver more than it costs.
  const scale = Math.max(Math.ceil(size ** (1 / depth)), 2);
  while (size > scale + Math.ceil(size / scale)) {
    const next = Math.floor(size / scale);
    const fn = groupOf(size, next);
    const grouped = createNode({ kind: 'map', parents: [node], callSite, fn });
    node = combineNode(
      grouped,
      callSite,
      { kind: 'custom', numPartitions: next, getPartition: itself },
      { kind: 'reduce', merge },
      false,
    );
    size = next;
  }
  return collectRows<U>(runJob, {
    node: createNode({ kind: 'values', parents: [node], callSite }),
  });
}

/** Gives a result of one of `size` neighbours to one of `groups` groups of them. */
function groupOf(size: number, groups: number) {
  return ([index, result]: readonly [number, unknown]): [number, unknown] => [
    Math.floor((index * groups) / size),
    result,
  ];
}

const itself = (group: number): number => group;

import { KeyedMap } from '@firesteel/codec';
import { type ActionSpec, createNode, type PlanNode } from '@firesteel/plan';
import {
  type BoundedDouble,
  type Coverage,
  estimateCount,
  estimateMean,
  estimateSum,
  type Moments,
} from '@firesteel/statistics';
import { approximate, type PartialResult } from '../approximate.js';
import type { ActionOptions, JobPromise } from '../job-promise.js';
import type { RDD } from '../rdd.js';
import { counterOf, momentsAction } from '../statistics.js';
import { NumberActions } from './number-actions.js';

type PairCounts = readonly (readonly [unknown, number])[];

/**
 * Actions that answer after a time limit by what is known then, with bounds. They take it that the
 * partitions which are not done are like those that are. `confidence` is 0.95 by default.
 */
export abstract class ApproximateActions<T> extends NumberActions<T> {
  /**
   * The number of rows within `timeoutMs`.
   *
   * @throws FiresteelError INVALID_ARGUMENT for a confidence outside of [0, 1] (by rejection)
   * @example
   * const { initialValue, final } = await lines.countApprox(200, 0.9);
   * console.log(`about ${initialValue.mean}, exactly ${await final.then((n) => n.mean)}`);
   */
  countApprox(
    timeoutMs: number,
    confidence = 0.95,
    options: ActionOptions = {},
  ): JobPromise<PartialResult<BoundedDouble>> {
    const target = this.action(this.countApprox, options);
    const job = { action: { kind: 'count' } } as const;
    return approximate(target, { timeoutMs, confidence }, job, (counts: readonly number[], by) =>
      estimateCount(
        counts.reduce((a, b) => a + b, 0),
        by,
      ),
    );
  }

  /** How often each row occurs within `timeoutMs`; see `countApprox`. */
  countByValueApprox(
    timeoutMs: number,
    confidence = 0.95,
    options: ActionOptions = {},
  ): JobPromise<PartialResult<KeyedMap<T, BoundedDouble>>> {
    const target = this.action(this.countByValueApprox, options);
    const { node: parent, callSite } = target;
    const node = createNode({ kind: 'map', parents: [parent], callSite, fn: withOne });
    return approximate(target, { timeoutMs, confidence }, countingJob(node), countsByKey<T>);
  }

  /** How many pairs each key has within `timeoutMs`; see `countApprox`. */
  countByKeyApprox<K>(
    this: RDD<readonly [K, unknown]>,
    timeoutMs: number,
    confidence = 0.95,
    options: ActionOptions = {},
  ): JobPromise<PartialResult<KeyedMap<K, BoundedDouble>>> {
    const target = this.action(this.countByKeyApprox, options);
    const { node: parent, callSite } = target;
    const node = createNode({ kind: 'mapValues', parents: [parent], callSite, fn: one });
    return approximate(target, { timeoutMs, confidence }, countingJob(node), countsByKey<K>);
  }

  /** The sum of all rows within `timeoutMs`; see `countApprox`. */
  sumApprox(
    this: RDD<number>,
    timeoutMs: number,
    confidence = 0.95,
    options: ActionOptions = {},
  ): JobPromise<PartialResult<BoundedDouble>> {
    const target = this.action(this.sumApprox, options);
    const job = { action: momentsAction('sumApprox') };
    return approximate(target, { timeoutMs, confidence }, job, (parts: readonly Moments[], by) =>
      estimateSum(counterOf(parts), by),
    );
  }

  /** The mean of all rows within `timeoutMs`; see `countApprox`. */
  meanApprox(
    this: RDD<number>,
    timeoutMs: number,
    confidence = 0.95,
    options: ActionOptions = {},
  ): JobPromise<PartialResult<BoundedDouble>> {
    const target = this.action(this.meanApprox, options);
    const job = { action: momentsAction('meanApprox') };
    return approximate(target, { timeoutMs, confidence }, job, (parts: readonly Moments[], by) =>
      estimateMean(counterOf(parts), by),
    );
  }
}

/** Adds up the values of each key in each partition. */
function countingJob(node: PlanNode): { action: ActionSpec; node: PlanNode } {
  return { action: { kind: 'combineByKey', aggregator: { kind: 'reduce', merge: add } }, node };
}

function countsByKey<K>(
  parts: readonly PairCounts[],
  coverage: Coverage,
): KeyedMap<K, BoundedDouble> {
  const sums = new KeyedMap<K, number>();
  for (const part of parts)
    for (const [key, count] of part) sums.set(key as K, (sums.get(key as K) ?? 0) + count);
  return new KeyedMap(
    [...sums].map(([key, count]): [K, BoundedDouble] => [key, estimateCount(count, coverage)]),
  );
}

const one = (): number => 1;
const withOne = (row: unknown): [unknown, number] => [row, 1];
const add = (a: number, b: number): number => a + b;

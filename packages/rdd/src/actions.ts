import { KeyedMap } from '@firesteel/codec';
import {
  FiresteelError,
  MAX_ARRAY_ROWS,
  type OptionKinds,
  optionsOf,
  shown,
} from '@firesteel/common';
import { type ActionSpec, type CallSite, createNode, type PlanNode } from '@firesteel/plan';
import type { FiresteelContext } from './context.js';
import type { JobRequest } from './engine.js';
import { type ActionOptions, type JobPromise, type JobRun, startAction } from './job-promise.js';
import { hasKey } from './key-lookup.js';
import { mergeTop, type OrderOptions } from './order.js';
import { asKey, combineNode } from './shuffle-operators.js';
import { takeGrowing } from './take.js';
import { freshZero, type ZeroSpec } from './zero.js';

/** On what, from where and how long an action runs. */
export interface ActionTarget {
  readonly context: FiresteelContext;
  readonly node: PlanNode;
  readonly callSite: CallSite;
  readonly options: ActionOptions;
  readonly optionKinds: OptionKinds;
}

export type RunJob = (
  action: ActionSpec,
  how?: Partial<Pick<JobRequest, 'node' | 'partitions' | 'onResult'>>,
) => Promise<unknown[]>;

/** Starts an action whose `body` checks its arguments, runs jobs and merges what they give. */
export function act<T>(
  target: ActionTarget,
  body: (runJob: RunJob) => Promise<T>,
  run?: JobRun,
): JobPromise<T> {
  const { context, node, callSite } = target;
  const properties = context.jobProperties();
  const begin = (jobs: JobRun): Promise<T> => {
    context.assertRunning(callSite.method);
    return body((action, how = {}) => jobs.results({ node, ...how, action, callSite, properties }));
  };
  return startAction(context.engine, () => checkedOptions(target), begin, run);
}

/** @throws FiresteelError INVALID_ARGUMENT for options that the method does not take */
export function checkedOptions({ options, optionKinds, callSite }: ActionTarget): ActionOptions {
  return optionsOf(options, optionKinds, callSite.method);
}

export async function collectRows<T>(runJob: RunJob, how?: Parameters<RunJob>[1]): Promise<T[]> {
  return rowsOf((await runJob({ kind: 'collect' }, how)) as T[][]);
}

function rowsOf<T>(parts: readonly T[][]): T[] {
  const rows = parts.reduce((sum, { length }) => sum + length, 0);
  if (rows > MAX_ARRAY_ROWS)
    throw new FiresteelError(
      'RESULT_TOO_LARGE',
      `The result has ${rows} rows, more than one array can hold. Read them one by one with toLocalIterator(), write them with saveAsTextFile() or another saveAs… action, or reduce them on the executors.`,
      { data: { rows, limit: MAX_ARRAY_ROWS } },
    );
  return parts.flat(1) as T[];
}

export async function addUp(runJob: RunJob, kind: 'count' | 'sum'): Promise<number> {
  const parts = (await runJob({ kind })) as number[];
  return parts.reduce((sum, part) => sum + part, 0);
}

export async function takeRows<T>(
  target: ActionTarget,
  runJob: RunJob,
  limit: number,
): Promise<T[]> {
  if (limit <= 0) return [];
  const { context, node } = target;
  const total = await context.engine.partitionCount(node);
  return takeGrowing<T>(
    limit,
    total,
    async (partitions, left) =>
      (await runJob({ kind: 'take', limit: left }, { partitions })) as T[][],
    context.takeGrowth,
  );
}

export async function reduceRows<T>(
  target: ActionTarget,
  runJob: RunJob,
  merge: (a: T, b: T) => T,
): Promise<T> {
  const parts = (await runJob({ kind: 'reduce', merge })) as ([] | [T])[];
  const values = parts.flat(1) as T[];
  if (values.length === 0) throw emptyCollection(target.callSite);
  return values.reduce((a, b) => merge(a, b));
}

export async function aggregateRows<T, U>(
  runJob: RunJob,
  zero: ZeroSpec,
  seqOp: (accumulator: U, row: T) => U,
  combOp: (a: U, b: U) => U,
): Promise<U> {
  const start = freshZero<U>(zero);
  const parts = (await runJob({ kind: 'aggregate', ...zero, seqOp })) as U[];
  return parts.reduce((a, b) => combOp(a, b), start);
}

export async function topRows<T, K>(
  runJob: RunJob,
  limit: number,
  largest: boolean,
  order: OrderOptions<T, K>,
): Promise<T[]> {
  const { by, compare } = order;
  const runs = (await runJob({
    kind: 'top',
    limit,
    largest,
    ...(by && { by }),
    ...(compare && { compare }),
  })) as T[][];
  return mergeTop(runs, limit, largest, order);
}

/** The row that comes first, of which there must be one. */
export async function extremeRow<T, K>(
  target: ActionTarget,
  runJob: RunJob,
  largest: boolean,
  order: OrderOptions<T, K>,
): Promise<T> {
  const rows = await topRows(runJob, 1, largest, order);
  if (rows.length === 0) throw emptyCollection(target.callSite);
  return rows[0] as T;
}

/** How often each key of a pair node occurs. */
export async function countKeys<K>(
  target: ActionTarget,
  runJob: RunJob,
): Promise<KeyedMap<K, number>> {
  const { node: parent, callSite } = target;
  const ones = createNode({ kind: 'mapValues', parents: [parent], callSite, fn: one });
  const counts = combineNode(ones, callSite, { kind: 'hash' }, { kind: 'reduce', merge: add });
  return new KeyedMap(await collectRows<[K, number]>(runJob, { node: counts }));
}

/** How often each row of a node occurs. */
export async function countRows<T>(
  target: ActionTarget,
  runJob: RunJob,
): Promise<KeyedMap<T, number>> {
  const { node: parent, callSite } = target;
  const ones = createNode({ kind: 'map', parents: [parent], callSite, fn: asKey });
  const counts = combineNode(ones, callSite, { kind: 'hash' }, { kind: 'reduce', merge: add });
  return new KeyedMap(await collectRows<[T, number]>(runJob, { node: counts }));
}

export async function lookupValues<K, V>(
  { context, node, callSite }: ActionTarget,
  runJob: RunJob,
  key: K,
): Promise<V[]> {
  const partition = await context.engine.partitionOfKey(node, key);
  // A filter alone would take rows that are no pairs for pairs of other keys.
  const pairs = createNode({ kind: 'mapValues', parents: [node], callSite, fn: itself });
  const matches = createNode({ kind: 'filter', parents: [pairs], callSite, fn: hasKey(key) });
  const values = createNode({ kind: 'values', parents: [matches], callSite });
  const parts = (await runJob(
    { kind: 'collect' },
    { node: values, ...(partition !== undefined && { partitions: [partition] }) },
  )) as V[][];
  return rowsOf(parts);
}

export async function pairsAsMap<K, V>(
  { callSite }: ActionTarget,
  runJob: RunJob,
): Promise<KeyedMap<K, V>> {
  const map = new KeyedMap<K, V>();
  for (const row of await collectRows<unknown>(runJob)) {
    if (!Array.isArray(row) || row.length !== 2)
      throw new FiresteelError(
        'NOT_A_PAIR',
        `${callSite.method} needs rows of the form [key, value], but met ${shown(row)}.`,
      );
    map.set(row[0] as K, row[1] as V);
  }
  return map;
}

export function emptyCollection({ method }: CallSite): FiresteelError {
  return new FiresteelError(
    'EMPTY_COLLECTION',
    `${method} needs at least one row, but the RDD has none. Check isEmpty() first, or use fold or take.`,
  );
}

const itself = (value: unknown): unknown => value;
const one = (): number => 1;
const add = (a: number, b: number): number => a + b;

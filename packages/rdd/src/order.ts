import { compareKeys } from '@firesteel/codec';
import { type OptionKind, optionsOf } from '@firesteel/common';
import { checkOptionalFunction } from './arguments.js';
import { numPartitionsOf } from './partitioner.js';
import type { KeyOrder } from './shuffle-operators.js';

/** Which of two rows comes first in `top`, `takeOrdered`, `max` and `min`. */
export interface OrderOptions<T, K = T> {
  /** The key to compare rows by; without it the row itself. */
  readonly by?: ((row: T) => K) | undefined;
  /** Negative if `a` comes before `b`; without it the canonical order of keys. */
  readonly compare?: ((a: K, b: K) => number) | undefined;
}

export const orderOptionKinds = { compare: 'comparator', by: 'function' } satisfies Record<
  keyof OrderOptions<unknown>,
  OptionKind
>;

/** Options of `sortBy` and `sortByKey`. */
export interface SortOptions<K> {
  /** Smallest first; the default. */
  readonly ascending?: boolean | undefined;
  /** Partitions of the result, as many as the RDD has by default. */
  readonly numPartitions?: number | undefined;
  /** Negative if `a` comes before `b`; without it the canonical order of keys. */
  readonly compare?: ((a: K, b: K) => number) | undefined;
}

export const sortOptionKinds = {
  ascending: 'boolean',
  numPartitions: 'number',
  compare: 'comparator',
} satisfies Record<keyof SortOptions<unknown>, OptionKind>;

/** The order of `sortBy` and its like, checked. */
export function keyOrder<K>(
  options: number | SortOptions<K> | undefined,
  method: string,
): KeyOrder {
  const {
    ascending = true,
    compare,
    numPartitions,
  } = optionsOf(options, sortOptionKinds, method, 'numPartitions');
  checkOptionalFunction(compare, `compare of ${method}`);
  return { ascending, compare, numPartitions: numPartitionsOf({ numPartitions }, method) };
}

/** @throws FiresteelError INVALID_ARGUMENT or ASYNC_FUNCTION */
export function checkOrder<T, K>({ by, compare }: OrderOptions<T, K>, method: string): void {
  checkOptionalFunction(by, `by of ${method}`);
  checkOptionalFunction(compare, `compare of ${method}`);
}

/**
 * The first `limit` rows of sorted runs, one for each partition. Rows that compare equal stay in
 * the order of their partitions and positions, whatever the direction.
 */
export function mergeTop<T, K>(
  runs: readonly (readonly T[])[],
  limit: number,
  largest: boolean,
  { by, compare }: OrderOptions<T, K>,
): T[] {
  const inOrder = (compare ?? compareKeys) as (a: unknown, b: unknown) => number;
  const rows = runs.flatMap((run) =>
    run.map((row) => ({ row, key: by === undefined ? row : by(row) })),
  );
  rows.sort((a, b) => (largest ? inOrder(b.key, a.key) : inOrder(a.key, b.key)));
  return rows.slice(0, limit).map(({ row }) => row);
}

import { hashKey } from '@firesteel/codec';
import { invalidArgument, type OptionKind, optionsOf } from '@firesteel/common';
import type { PartitionerSpec } from '@firesteel/plan';
import { checkFunction, checkInteger } from './arguments.js';

/**
 * Decides which partition the rows of a key go to. `getPartition` runs on executors and travels
 * like any user function; it must give the same integer from 0 to `numPartitions - 1` for equal
 * keys. Two partitioners are equal if they are the same object or if `equals` on the driver says
 * so; data that is partitioned by an equal one already is not moved again.
 *
 * @example
 * const byCountry: Partitioner<string> = {
 *   numPartitions: countries.length,
 *   getPartition: (key) => countries.indexOf(key.slice(0, 2)),
 * };
 */
export interface Partitioner<K = unknown> {
  readonly numPartitions: number;
  getPartition(key: K): number;
  equals?(other: unknown): boolean;
}

/** Spreads keys by their canonical hash. Hash partitioners of one size are equal. */
export class HashPartitioner implements Partitioner<unknown> {
  readonly numPartitions: number;

  /** @throws FiresteelError INVALID_ARGUMENT if `numPartitions` is no integer of at least 0 */
  constructor(numPartitions: number) {
    this.numPartitions = checkInteger(numPartitions, 'numPartitions of HashPartitioner', 0);
  }

  /** @throws FiresteelError UNSUPPORTED_KEY for keys without a canonical hash, like functions */
  getPartition(key: unknown): number {
    return (hashKey(key) >>> 0) % this.numPartitions;
  }

  equals(other: unknown): boolean {
    return other instanceof HashPartitioner && other.numPartitions === this.numPartitions;
  }
}

/** How an operation spreads its result: at most one of the two. */
export interface PartitioningOptions<K = unknown> {
  /** Number of partitions of the result, by hash. */
  readonly numPartitions?: number;
  readonly partitioner?: Partitioner<K>;
}

export const partitioningOptionKinds = {
  numPartitions: 'number',
  partitioner: 'partitioner',
} satisfies Record<keyof PartitioningOptions, OptionKind>;

/** A bare number means `{ numPartitions }`. */
export type Partitioning<K = unknown> = number | PartitioningOptions<K>;

/** The size that an operation was given, checked; undefined when it was left to the default. */
export function numPartitionsOf(
  options: number | { readonly numPartitions?: number | undefined } | undefined,
  method: string,
): number | undefined {
  const kinds = { numPartitions: 'number' } as const;
  const { numPartitions: size } = optionsOf(options, kinds, method, 'numPartitions');
  return size === undefined ? undefined : checkInteger(size, `numPartitions of ${method}`, 1);
}

/** The plan's form of the options of a by-key operation. */
export function partitionerSpec<K>(
  partitioning: Partitioning<K> | undefined,
  method: string,
): PartitionerSpec {
  const given = optionsOf(partitioning, partitioningOptionKinds, method, 'numPartitions');
  const { partitioner, ...size } = given;
  const numPartitions = numPartitionsOf(size, method);
  if (partitioner === undefined)
    return { kind: 'hash', ...(numPartitions !== undefined && { numPartitions }) };
  if (numPartitions !== undefined)
    throw invalidArgument(
      `The options of ${method}`,
      'either numPartitions or partitioner, not both',
      { numPartitions },
    );
  return specOf(partitioner, method);
}

export function specOf<K>(partitioner: Partitioner<K>, method: string): PartitionerSpec {
  const numPartitions = checkInteger(
    partitioner.numPartitions,
    `numPartitions of the partitioner of ${method}`,
    1,
  );
  if (partitioner instanceof HashPartitioner) return { kind: 'hash', numPartitions };
  checkFunction(partitioner.getPartition, `getPartition of the partitioner of ${method}`);
  return {
    kind: 'custom',
    numPartitions,
    getPartition: partitioner.getPartition.bind(partitioner),
    identity: partitioner,
  };
}

import type { AnyFunction, CustomPartitionerSpec } from '@firesteel/plan';

/** How the keys of an RDD are known to be spread over its partitions. */
export type KnownPartitioner =
  | { readonly kind: 'hash'; readonly numPartitions: number }
  | {
      readonly kind: 'range';
      readonly numPartitions: number;
      readonly ascending: boolean;
      readonly compare?: AnyFunction;
      /** The shuffle whose input was sampled for the bounds. */
      readonly shuffleId: number;
    }
  | {
      readonly kind: 'custom';
      readonly numPartitions: number;
      readonly getPartition: AnyFunction;
      readonly identity?: CustomPartitionerSpec['identity'];
    };

/** How a shuffle spreads rows; after a round robin nothing is known about keys. */
export type ExchangePartitioner =
  | KnownPartitioner
  | { readonly kind: 'roundRobin'; readonly numPartitions: number };

/**
 * Whether two partitioners send every key to the same partition: hash partitioners of one size,
 * ranges with the same sampled bounds, and custom ones that are the same object or say so.
 */
export function samePartitioner(
  a: ExchangePartitioner | undefined,
  b: ExchangePartitioner | undefined,
): boolean {
  if (a === undefined || b === undefined || a.numPartitions !== b.numPartitions) return false;
  if (a.kind === 'hash') return b.kind === 'hash';
  if (a.kind === 'range') return b.kind === 'range' && a.shuffleId === b.shuffleId;
  if (a.kind !== 'custom' || b.kind !== 'custom') return false;
  if (a.identity === undefined || b.identity === undefined)
    return a.getPartition === b.getPartition;
  return a.identity === b.identity || a.identity.equals?.(b.identity) === true;
}

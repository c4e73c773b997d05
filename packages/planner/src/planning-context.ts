import type {
  FileSplit,
  FilesNode,
  ParallelizeNode,
  PlanNode,
  Quota,
  Split,
  StorageLevel,
} from '@firesteel/plan';
import type { KnownPartitioner } from './known-partitioner.js';

/** How much of an RDD is cached, over all executors. */
export interface StorageStatus {
  readonly cachedPartitions: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** What planning asks about the engine; everything else follows from the nodes. */
export interface PlanningContext {
  readonly defaultParallelism: number;
  /** Whether `default.parallelism` was configured; it then decides the size of shuffles. */
  readonly defaultParallelismSet: boolean;
  readonly defaultMinPartitions: number;
  /** The splits of input files in partition order; asked often, so worth remembering. */
  fileSplits(node: FilesNode): readonly FileSplit[];
  /** Rows `sliceBounds(data.length, partition, numPartitions)` of the node's array, encoded. */
  rowsSplit(node: ParallelizeNode, partition: number, numPartitions: number): Split;
  /** How a node is persisted; undefined if it is not. */
  storageLevel(nodeId: number): StorageLevel | undefined;
  /** What is cached of a persisted node, for `toDebugString`. */
  storageStatus?(nodeId: number): StorageStatus | undefined;
  /** The sampled bounds of the range partitioner that a shuffle made, encoded; see `prerequisites`. */
  rangeBounds(shuffleId: number): Uint8Array | undefined;
  /** Index of the first row of each partition of a zipWithIndex node; see `prerequisites`. */
  zipOffsets(nodeId: number): readonly number[] | undefined;
  /** Blocks of rows that a node needs besides its partitions; see `SideRowsPrerequisite`. */
  sideRows(nodeId: number): readonly Uint8Array[] | undefined;
  /** The partition of a key; undefined while the bounds of a range partitioner are not known. */
  partitionOf(partitioner: KnownPartitioner, key: unknown): number | undefined;
  /** What an exact sample by key takes from each partition; see `prerequisites`. */
  sampleQuotas(nodeId: number): readonly (readonly Quota[])[] | undefined;
  isShuffleComplete(shuffleId: number): boolean;
  /** A name that the user gave to the RDD of a node, for `toDebugString`. */
  nameOf?(node: PlanNode): string | undefined;
}

/**
 * In-memory DAG data processing for Node: Spark's RDD programming model in TypeScript.
 *
 * @example
 * import { FiresteelContext } from 'firesteel';
 *
 * await using sc = await FiresteelContext.create({ master: 'local[*]', appName: 'wordcount' });
 * const counts = sc
 *   .textFile('README.md')
 *   .flatMap((line) => line.split(/\s+/))
 *   .filter((word) => word !== '')
 *   .map((word): [string, number] => [word, 1])
 *   .reduceByKey((a, b) => a + b);
 * console.log(await counts.top(10, { by: ([, n]) => n }));
 */
export { type ConfigInput, type ErrorCode, FiresteelError } from '@firesteel/common';
export {
  type BadLine,
  type Compression,
  FiresteelFiles,
  type OutputMode,
  type PartitionWriter,
  type RowSink,
  type ShortStorageLevel,
  StorageLevel,
  type StorageLevelName,
} from '@firesteel/plan';
export {
  Accumulator,
  type ActionOptions,
  type ArrowRow,
  BarrierTaskContext,
  type BarrierTaskInfo,
  BigintAccumulator,
  type BoundedDouble,
  Broadcast,
  type CogroupValues,
  CollectionAccumulator,
  type Combiner,
  type FileOptions,
  HashPartitioner,
  type Histogram,
  JobPromise,
  type JsonLinesOptions,
  KeyedMap,
  type KeyOf,
  NumberAccumulator,
  type OrderOptions,
  PartialResult,
  type Partitioner,
  type Partitioning,
  type PartitioningOptions,
  type PartitionResult,
  type PartitionRows,
  type PipeOptions,
  RDD,
  RDDBarrier,
  type RDDStorageInfo,
  type RowClassOptions,
  type RowSource,
  type RowTableOptions,
  type SampleOptions,
  type SaveOptions,
  type SortOptions,
  type SourceOptions,
  StatCounter,
  TaskContext,
  type TextOptions,
  type TreeOptions,
  type ValueOf,
  type Zero,
} from '@firesteel/rdd';
export type {
  ApplicationEnd,
  ApplicationStart,
  BlockUpdated,
  ExecutorAdded,
  ExecutorMetricsUpdate,
  ExecutorRemoved,
  JobEnd,
  JobInfo,
  JobStart,
  ListenerBus,
  NamedAccumulator,
  PlannedStage,
  PoolOptions,
  RDDUnpersisted,
  SchedulerEvent,
  SchedulingMode,
  SkewedTask,
  StageCompleted,
  StageInfo,
  StageSubmitted,
  StatusTracker,
  TaskEnd,
  TaskStart,
} from '@firesteel/scheduler';
export { type CreateOptions, FiresteelContext } from './context.js';

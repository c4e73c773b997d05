/** What a job author touches: the context, RDDs and the promises of their actions. */

export { KeyedMap } from '@firesteel/codec';
export {
  Accumulator,
  BarrierTaskContext,
  type BarrierTaskInfo,
  BigintAccumulator,
  CollectionAccumulator,
  NumberAccumulator,
  TaskContext,
} from '@firesteel/plan';
export { type BoundedDouble, StatCounter } from '@firesteel/statistics';
export { PartialResult } from './approximate.js';
export type { ArrowRow } from './arrow-inputs.js';
export { Broadcast } from './broadcast.js';
export { type LocateCall, locateCall } from './call-site.js';
export type { RowClassOptions } from './class-registration.js';
export { FiresteelContext, type SourceOptions } from './context.js';
export type { ContextInfo } from './context-base.js';
export type {
  FileOptions,
  JsonLinesOptions,
  RowSource,
  SourceRows,
  TextOptions,
} from './context-inputs.js';
export type { Engine, EngineJob, JobRequest, RunningAction, StorageStatus } from './engine.js';
export { type ActionOptions, JobPromise } from './job-promise.js';
export { nameOfNode } from './names.js';
export type { CogroupValues, PairValue } from './operators/joins.js';
export type { SaveOptions } from './operators/output-actions.js';
export type { Combiner } from './operators/pair-aggregations.js';
export type { KeyOf, ValueOf } from './operators/pair-types.js';
export type { PartitionResult } from './operators/partition-transformations.js';
export type { TreeOptions } from './operators/tree-actions.js';
export type { PartitionRows } from './operators/zip-transformations.js';
export type { OrderOptions, SortOptions } from './order.js';
export {
  HashPartitioner,
  type Partitioner,
  type Partitioning,
  type PartitioningOptions,
} from './partitioner.js';
export type { RDDStorageInfo } from './persistent-rdds.js';
export type { PipeOptions } from './pipe.js';
export { RDD } from './rdd.js';
export { RDDBarrier } from './rdd-barrier.js';
export { hasColumns, type RowTableOptions, rowTable } from './row-table.js';
export type { SampleOptions } from './sample-arguments.js';
export type { Histogram } from './statistics.js';
export type { TakeGrowth } from './take.js';
export type { Zero } from './zero.js';

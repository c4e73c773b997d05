/** Frozen plan nodes, stage programs and task messages: what driver and executor both understand. */

export {
  Accumulator,
  accumulatorInvalid,
  accumulatorState,
  accumulatorTitle,
  type CarriedAccumulator,
  mergeAccumulatorState,
  registerAccumulator,
} from './accumulator.js';
export {
  BigintAccumulator,
  type BuiltInAccumulator,
  builtInAccumulators,
  CollectionAccumulator,
  NumberAccumulator,
} from './accumulators.js';
export { type ActionProgram, type ActionSpec, hasRowResult } from './action.js';
export { type ClosureCarriage, type ClosureRefusal, closureTag } from './closure-tag.js';
export { createNode, createStandIn, nextNodeId } from './create-node.js';
export { DeliveringBackend, type Delivery, Received, type Removal } from './delivery.js';
export { describeCallSite, describeNode } from './describe-node.js';
export { encodingName } from './encoding.js';
export type {
  ExecutorAllocation,
  ExecutorDecommission,
  ExecutorTarget,
} from './executor-allocation.js';
export {
  type AdoptBlocks,
  type BlockInventory,
  type DriverRequest,
  EXECUTOR_PROTOCOL,
  type ExecutorCommand,
  type ExecutorMetrics,
  type ExecutorReports,
  type ExecutorRequest,
  locationsOf,
  type OutputLocations,
  type RegisterExecutor,
  type TakeInventory,
} from './executor-protocol.js';
export {
  type FileTree,
  type PackageLink,
  type Platform,
  type ShippedItem,
  type TreeFile,
  thisPlatform,
} from './file-tree.js';
export type {
  BadLine,
  BadLineHandler,
  Compression,
  FileFormat,
  FileOutput,
  FilePart,
  FileSplit,
  OutputMode,
  WrittenPart,
} from './files.js';
export { FiresteelFiles, setFilesDirectory } from './firesteel-files.js';
export type { AnyFunction, ClosureItem, Slot } from './functions.js';
export type {
  CachedBlockId,
  ClosureSet,
  JobPlan,
  ParentShuffle,
  SkippedShuffle,
  StageOperator,
  StagePlan,
} from './job-plan.js';
export { MAX_STAGE_OPERATORS } from './job-plan.js';
export { type JobProperties, jobProperty, localPropertyName, tagsOf } from './job-properties.js';
export type {
  AggregatePartitionsNode,
  Aggregator,
  BroadcastJoinNode,
  CallSite,
  CheckpointNode,
  ChunkNode,
  CoalesceNode,
  CogroupNode,
  Combining,
  EmptyNode,
  FilesNode,
  FilterByRangeNode,
  JoinNode,
  LocalCheckpointNode,
  MapAsyncNode,
  MapPartitionsNode,
  NodeKind,
  PairingNode,
  ParallelizeNode,
  PipeNode,
  PlainNode,
  PlanNode,
  RangeNode,
  RowFunctionNode,
  SampleByKeyNode,
  SampleNode,
  SemiJoinNode,
  ShuffleNode,
  SlidingNode,
  UnionNode,
  ZipPartitionsNode,
} from './node.js';
export type { PackageUse } from './package-use.js';

export type {
  CustomPartitionerSpec,
  HashPartitionerSpec,
  PartitionerSpec,
  RangeBounds,
  RangePartitionerSpec,
  ResolvedPartitioner,
  RoundRobinPartitionerSpec,
} from './partitioner.js';
export type { PartitionWriter, RowSink } from './row-sink.js';
export type { KeyFractions, Quota, SamplerSpec } from './sampler.js';
export type {
  CogroupInput,
  Pipeline,
  ShuffleRead,
  SinkProgram,
  SourceProgram,
  StageProgram,
  StepProgram,
} from './stage-program.js';
export {
  describeStorageLevel,
  type ShortStorageLevel,
  StorageLevel,
  type StorageLevelName,
  storageLevelOf,
} from './storage-level.js';
export type {
  AccumulatorUpdate,
  BackendEvent,
  BlockUpdate,
  BroadcastPayload,
  CachedBlockSource,
  ExecutorAddress,
  MapOutput,
  MapOutputLocation,
  SchedulerBackend,
  Split,
  TaskDescription,
  TaskMetrics,
  TaskOutcome,
  TaskSplit,
} from './task.js';
export {
  type BarrierGroup,
  type BarrierOperation,
  BarrierTaskContext,
  type BarrierTaskInfo,
  TaskContext,
  type TaskFacts,
} from './task-context.js';
export type { GateControl, TaskGate } from './task-gate.js';

/**
 * Jobs, stages and task sets as state machines: what runs next, in which slot, and what happens
 * when it fails. Knows nothing of threads, sockets or wall time; see `SchedulerBackend` and `Clock`.
 */
export type { AccumulatorSink } from './accumulator-sink.js';
export type { AllocationSettings } from './allocation/executor-allocator.js';
export type { StorageStatus } from './cache-tracker.js';
export { type Clock, systemClock } from './clock.js';
export type {
  ApplicationEnd,
  ApplicationStart,
  BlockUpdated,
  ExecutorAdded,
  ExecutorExcluded,
  ExecutorMetricsUpdate,
  ExecutorRemoved,
  ExecutorUnexcluded,
  JobEnd,
  JobResult,
  JobStart,
  NamedAccumulator,
  NodeExcluded,
  NodeUnexcluded,
  PlannedStage,
  RDDUnpersisted,
  SchedulerEvent,
  SchedulerEventKind,
  ShownSetting,
  SkippedStage,
  StageCompleted,
  StageSubmitted,
  TaskEnd,
  TaskStart,
} from './events.js';
export type { ExclusionOptions } from './exclusion.js';
export { ListenerBus } from './listener-bus.js';
export { type PoolOptions, Pools, type SchedulingMode } from './pools.js';
export { Scheduler, type SchedulerOptions } from './scheduler.js';
export type { SkewedTask } from './skew.js';
export type { SpeculationOptions } from './speculation.js';
export { type JobInfo, type StageInfo, StatusTracker } from './status-tracker.js';
export type { TaskErrorContext } from './task-errors.js';

/**
 * Firesteel on Apache Mesos: the v1 scheduler client, leader detection, the decision about offers,
 * executors as Mesos tasks, and tasks as Mesos tasks.
 */
export type { ConnectionTimeouts } from './client/event-connection.js';
export type { Credential } from './client/master-connection.js';
export { parseMasterList } from './client/masters.js';
export {
  type FrameworkCall,
  type FrameworkEvent,
  SchedulerClient,
  type SchedulerClientOptions,
  type SchedulerListener,
} from './client/scheduler-client.js';
export type { Clock } from './clock.js';
export { coarseLauncher } from './coarse/coarse-launcher.js';
export {
  MesosExecutorLauncher,
  type MesosExecutorLauncherOptions,
} from './coarse/mesos-executor-launcher.js';
export type { DetectorListener, MasterDetector } from './detection/master-detector.js';
export {
  ZooKeeperDetector,
  type ZooKeeperDetectorOptions,
} from './detection/zookeeper-detector.js';
export { createFineBackend } from './fine/create-fine-backend.js';
export { type Constraints, parseConstraints, type SpreadingLimit } from './offers/constraints.js';
export {
  type Accept,
  type Decline,
  type Demand,
  decideOffers,
  type ExecutorLaunch,
  type HeldExecutor,
  type OfferDecision,
  type OfferInput,
  type OfferInterest,
  type OfferPolicy,
} from './offers/decide-offers.js';
export {
  type DeclineReason,
  defaultRefuseSeconds,
  type Refusal,
  RefusalCounts,
  type RefuseSeconds,
} from './offers/declines.js';
export {
  defaultOverhead,
  type ExecutorSize,
  type MemoryOverhead,
  type SizeRange,
} from './offers/executor-size.js';
export type { Placement } from './offers/placement.js';

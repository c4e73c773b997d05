/**
 * From a lineage to the stages of a job: partition counts, partitioners, shuffle boundaries.
 * Pure functions over plan nodes; what they ask of the engine is a `PlanningContext`.
 */
export { collectClosures, SlotTable } from './closures.js';
export { toDebugString } from './debug-string.js';
export type { KnownPartitioner } from './known-partitioner.js';
export { samePartitioner } from './known-partitioner.js';
export { partitionCount, partitionerOf } from './lineage.js';
export { type PlanIds, type PlanRequest, planJob } from './plan-job.js';
export type { PlanningContext, StorageStatus } from './planning-context.js';
export {
  type Prerequisite,
  prerequisites,
  type RangeBoundsPrerequisite,
  type SampleQuotasPrerequisite,
  type SideRowsPrerequisite,
  sideRowsFromParts,
  type ZipOffsetsPrerequisite,
  zipOffsetsFromCounts,
} from './prerequisites.js';
export { type KeySample, rangesFromSamples } from './range-bounds.js';
export { replaceNodes } from './replace-nodes.js';
export { sampleQuotasFromCounts } from './sample-quotas.js';
export { sliceBounds } from './slices.js';

/** Seeded random numbers, samplers, moments, sketches, and estimates with their bounds. */
export {
  type BoundedDouble,
  type Coverage,
  estimateCount,
  estimateMean,
  estimateSum,
} from './estimates.js';
export { bucketOf, evenBucketOf, evenEdges } from './histogram.js';
export {
  addToSketch,
  estimateDistinct,
  MIN_RELATIVE_SD,
  mergeSketches,
  newSketch,
  precisionFor,
  type Sketch,
} from './hyper-log-log.js';
export { addToMoments, type Moments, mergeMoments, noMoments } from './moments.js';
export { drawQuotas } from './quotas.js';
export { Random } from './random.js';
export {
  bernoulliSampler,
  CellSampler,
  type CopySampler,
  type KeepSampler,
  PoissonSampler,
  RepeatedSelectionSampler,
  SelectionSampler,
} from './samplers.js';
export { StatCounter } from './stat-counter.js';

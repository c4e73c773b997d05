import {
  boolean,
  count,
  durationMs,
  optional,
  positiveInteger,
  positiveShare,
  withDefault,
} from './value-types.js';

/** The keys of dynamic allocation (docs/dynamic-allocation.md). */
export const allocationEntries = {
  'dynamicAllocation.enabled': withDefault(
    boolean,
    'false',
    'Whether executors come and go with the work. Masters without executor processes ignore it.',
  ),
  'dynamicAllocation.minExecutors': withDefault(count, '0', 'Executors that always stay.'),
  'dynamicAllocation.maxExecutors': optional(
    positiveInteger,
    'Executors at most. Without it, as many as the master has room for.',
  ),
  'dynamicAllocation.initialExecutors': optional(
    count,
    'Executors to start with. Without it, minExecutors.',
  ),
  'dynamicAllocation.schedulerBacklogTimeout': withDefault(
    durationMs,
    '1s',
    'How long tasks wait until an executor is added.',
  ),
  'dynamicAllocation.sustainedSchedulerBacklogTimeout': optional(
    durationMs,
    'How long they wait from one addition to the next, which is twice as large. Without it, schedulerBacklogTimeout.',
  ),
  'dynamicAllocation.executorAllocationRatio': withDefault(
    positiveShare,
    '1',
    'Below 1, fewer executors are asked for than would run all tasks at once.',
  ),
  'dynamicAllocation.executorIdleTimeout': withDefault(
    durationMs,
    '60s',
    'How long an executor without tasks stays.',
  ),
  'dynamicAllocation.cachedExecutorIdleTimeout': optional(
    durationMs,
    'How long an executor without tasks stays that holds cached partitions. Without it, for ever.',
  ),
  'dynamicAllocation.shuffleTracking.enabled': withDefault(
    boolean,
    'true',
    'Whether executors stay while a running job may read their map outputs. It must be on unless a shuffle service keeps them.',
  ),
  'dynamicAllocation.shuffleTracking.timeout': optional(
    durationMs,
    'How long an executor without tasks stays whose map outputs only later jobs may read. Without it, as long as the outputs are kept.',
  ),
} as const;

import { type Config, FiresteelError } from '@firesteel/common';
import type { AllocationSettings } from '@firesteel/scheduler';

/**
 * How executors come and go, if they do.
 *
 * @param slotsPerExecutor tasks that an executor runs at the same time
 * @param room executors that there can be
 * @throws FiresteelError INVALID_CONFIG_VALUE for keys that contradict each other
 */
export function allocationSettings(
  config: Config,
  slotsPerExecutor: number,
  room: number,
): AllocationSettings | undefined {
  if (!config.get('dynamicAllocation.enabled')) return undefined;
  const minExecutors = config.get('dynamicAllocation.minExecutors');
  const configuredMax = config.get('dynamicAllocation.maxExecutors');
  const maxExecutors = Math.min(configuredMax ?? Number.POSITIVE_INFINITY, room);
  if (minExecutors > maxExecutors)
    throw contradiction(
      `dynamicAllocation.minExecutors is ${minExecutors}, but there can be ${maxExecutors} executors at most. Lower it, or raise ${configuredMax === maxExecutors ? 'dynamicAllocation.maxExecutors' : 'the executors of the master'}.`,
    );
  const isKept = config.get('shuffle.service.enabled');
  if (!config.get('dynamicAllocation.shuffleTracking.enabled') && !isKept)
    throw contradiction(
      'dynamicAllocation.shuffleTracking.enabled is false and no shuffle service keeps map outputs. Turn one of them on: otherwise outputs that a job needs would be lost with idle executors.',
    );
  const initial = Math.max(
    minExecutors,
    config.get('dynamicAllocation.initialExecutors') ?? 0,
    config.get('executor.instances') ?? 0,
  );
  const backlogTimeoutMs = config.get('dynamicAllocation.schedulerBacklogTimeout');
  return {
    minExecutors,
    maxExecutors,
    initialExecutors: Math.min(initial, maxExecutors),
    slotsPerExecutor,
    executorAllocationRatio: config.get('dynamicAllocation.executorAllocationRatio'),
    backlogTimeoutMs,
    sustainedBacklogTimeoutMs:
      config.get('dynamicAllocation.sustainedSchedulerBacklogTimeout') ?? backlogTimeoutMs,
    idleTimeoutMs: config.get('dynamicAllocation.executorIdleTimeout'),
    cachedIdleTimeoutMs:
      config.get('dynamicAllocation.cachedExecutorIdleTimeout') ?? Number.POSITIVE_INFINITY,
    shuffleTimeoutMs:
      config.get('dynamicAllocation.shuffleTracking.timeout') ?? Number.POSITIVE_INFINITY,
  };
}

function contradiction(message: string): FiresteelError {
  return new FiresteelError('INVALID_CONFIG_VALUE', message);
}

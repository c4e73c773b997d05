import { type Config, FiresteelError } from '@firesteel/common';
import type { ExclusionOptions, SpeculationOptions } from '@firesteel/scheduler';

/** What the scheduler is to do about tasks that fail or are slow. */
export function faultOptions(config: Config): {
  exclusion?: ExclusionOptions;
  unschedulableTimeoutMs: number;
  speculation?: SpeculationOptions;
} {
  return {
    ...(config.get('excludeOnFailure.enabled') && { exclusion: exclusionOptions(config) }),
    unschedulableTimeoutMs: config.get('scheduler.excludeOnFailure.unschedulableTaskSetTimeout'),
    ...(config.get('speculation') && {
      speculation: {
        intervalMs: config.get('speculation.interval'),
        multiplier: config.get('speculation.multiplier'),
        quantile: config.get('speculation.quantile'),
        minTaskRuntimeMs: config.get('speculation.minTaskRuntime'),
      },
    }),
  };
}

/** @throws FiresteelError INVALID_CONFIG_VALUE for limits that could never be reached */
function exclusionOptions(config: Config): ExclusionOptions {
  const maxTaskAttemptsPerHost = config.get('excludeOnFailure.task.maxTaskAttemptsPerNode');
  const maxFailures = config.get('task.maxFailures');
  if (maxTaskAttemptsPerHost >= maxFailures)
    throw new FiresteelError(
      'INVALID_CONFIG_VALUE',
      `excludeOnFailure.task.maxTaskAttemptsPerNode is ${maxTaskAttemptsPerHost}, but must be less than task.maxFailures, which is ${maxFailures}: a job would fail before a host is excluded.`,
      { data: { maxTaskAttemptsPerNode: maxTaskAttemptsPerHost, maxFailures } },
    );
  return {
    maxTaskAttemptsPerHost,
    maxTaskAttemptsPerExecutor: config.get('excludeOnFailure.task.maxTaskAttemptsPerExecutor'),
    stageMaxFailedTasksPerExecutor: config.get('excludeOnFailure.stage.maxFailedTasksPerExecutor'),
    stageMaxFailedExecutorsPerHost: config.get('excludeOnFailure.stage.maxFailedExecutorsPerNode'),
    applicationMaxFailedTasksPerExecutor: config.get(
      'excludeOnFailure.application.maxFailedTasksPerExecutor',
    ),
    applicationMaxFailedExecutorsPerHost: config.get(
      'excludeOnFailure.application.maxFailedExecutorsPerNode',
    ),
    timeoutMs: config.get('excludeOnFailure.timeout'),
    killExcludedExecutors: config.get('excludeOnFailure.killExcludedExecutors'),
    excludeOnFetchFailure: config.get('excludeOnFailure.application.fetchFailure.enabled'),
  };
}

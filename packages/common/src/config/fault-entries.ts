import {
  atLeastOne,
  boolean,
  durationMs,
  intervalMs,
  positiveInteger,
  positiveShare,
  withDefault,
} from './value-types.js';

/** What is done about tasks that fail, are slow, or do not stop. */
export const faultEntries = {
  'excludeOnFailure.enabled': withDefault(
    boolean,
    'false',
    'Whether executors and hosts get no more tasks after failures of tasks there.',
  ),
  'excludeOnFailure.task.maxTaskAttemptsPerExecutor': withDefault(
    positiveInteger,
    '1',
    'After so many failures on an executor a task is not tried there again.',
  ),
  'excludeOnFailure.task.maxTaskAttemptsPerNode': withDefault(
    positiveInteger,
    '2',
    'After so many failures on a host a task is not tried there again.',
  ),
  'excludeOnFailure.stage.maxFailedTasksPerExecutor': withDefault(
    positiveInteger,
    '2',
    'After so many tasks of a stage have failed on an executor, the stage uses it no more.',
  ),
  'excludeOnFailure.stage.maxFailedExecutorsPerNode': withDefault(
    positiveInteger,
    '2',
    'After a stage uses so many executors of a host no more, it uses none of that host.',
  ),
  'excludeOnFailure.application.maxFailedTasksPerExecutor': withDefault(
    positiveInteger,
    '2',
    'After so many tasks have failed on an executor, no stage uses it for excludeOnFailure.timeout. Counted are failures in stages that succeeded in the end.',
  ),
  'excludeOnFailure.application.maxFailedExecutorsPerNode': withDefault(
    positiveInteger,
    '2',
    'After no stage uses so many executors of a host, none uses any of that host for excludeOnFailure.timeout.',
  ),
  'excludeOnFailure.application.fetchFailure.enabled': withDefault(
    boolean,
    'false',
    'Whether an executor that does not deliver map outputs is excluded at once.',
  ),
  'excludeOnFailure.killExcludedExecutors': withDefault(
    boolean,
    'false',
    'Whether excluded executors are ended, so that the cluster starts others.',
  ),
  'excludeOnFailure.timeout': withDefault(
    durationMs,
    '1h',
    'For how long the application uses no excluded executor or host.',
  ),
  'scheduler.excludeOnFailure.unschedulableTaskSetTimeout': withDefault(
    durationMs,
    '120s',
    'How long a task that is excluded from all slots waits for new executors before its job fails. Where none can come, it fails at once.',
  ),
  speculation: withDefault(
    boolean,
    'false',
    'Whether a task that is far slower than others of its stage is run a second time on another executor; the first success counts.',
  ),
  'speculation.interval': withDefault(
    intervalMs,
    '100ms',
    'How often running tasks are looked at for speculation.',
  ),
  'speculation.multiplier': withDefault(
    atLeastOne,
    '3',
    'How many times slower than the median a task must be to be run a second time.',
  ),
  'speculation.quantile': withDefault(
    positiveShare,
    '0.9',
    'The part of the tasks of a stage that must have succeeded before others are run a second time.',
  ),
  'speculation.minTaskRuntime': withDefault(
    durationMs,
    '100ms',
    'A task that has run for less is not run a second time.',
  ),
  'task.reaper.enabled': withDefault(
    boolean,
    'true',
    'Whether a task that was killed and does not stop loses its thread.',
  ),
  'task.reaper.killTimeout': withDefault(
    durationMs,
    '60s',
    'How long a killed task may take to stop. Then its thread is replaced; if that does not help within the same time, so is its executor process.',
  ),
} as const;

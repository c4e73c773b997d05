import { FiresteelError } from '@firesteel/common';
import { callSiteText } from './events.js';
import type { Job } from './job.js';
import type { Stage } from './stage.js';
import type { TaskAttempt, TaskSet } from './task-set.js';

/** Where in a job a user's error was thrown; the property `firesteel` of the error. */
export interface TaskErrorContext {
  readonly jobId: number;
  readonly stageId: number;
  /** The last transformation or the action of the stage. */
  readonly stage: string;
  readonly partition: number;
  /** Counts from 0. */
  readonly attempt: number;
}

/**
 * The error that user code threw in a task, with its context in the non-enumerable property
 * `firesteel`: class, message, fields and stack stay those of the user.
 */
export function userError(
  encoded: Uint8Array,
  decode: (encoded: Uint8Array) => Error,
  job: Job,
  task: TaskAttempt,
): Error {
  const context: TaskErrorContext = {
    jobId: job.id,
    stageId: task.set.stage.id,
    stage: task.set.stage.name,
    partition: task.partition,
    attempt: task.attempt,
  };
  try {
    const error = decode(encoded);
    if (Object.isExtensible(error)) {
      Object.defineProperty(error, 'firesteel', { value: context, configurable: true });
    }
    return error;
  } catch (cause) {
    return new FiresteelError(
      'TASK_FAILED',
      `${describeTask(task)} failed, and its error could not be read.`,
      { cause, data: { ...context } },
    );
  }
}

/** The backend's reason says what happened; that a thread ran out of heap memory, for example. */
export function executorLost(task: TaskAttempt, failures: number, reason: string): FiresteelError {
  const count = failures === 1 ? '' : `, after ${failures} failures in all`;
  const advice = /memory|heap/i.test(reason)
    ? ''
    : ' Look for what ends it, such as process.exit or a native crash in the job.';
  return new FiresteelError(
    'EXECUTOR_LOST',
    `${describeTask(task)} lost the thread or process that ran it${count}: ${endless(reason)}.${advice}`,
    { data: { stageId: task.set.stage.id, partition: task.partition, failures, reason } },
  );
}

export function shuffleFetchFailed(
  stage: Stage,
  shuffleId: number,
  detail: string,
): FiresteelError {
  return new FiresteelError(
    'SHUFFLE_FETCH_FAILED',
    `Stage ${stage.id} (${stage.name}) could not read shuffle ${shuffleId}: ${detail}.`,
    { data: { stageId: stage.id, shuffleId } },
  );
}

/** The rows that a job has shown to the outside are gone, and would be others now. */
export function rowsNotRepeatable(lost: Stage, job: Job): FiresteelError {
  return new FiresteelError(
    'ROWS_NOT_REPEATABLE',
    `Rows of stage ${lost.id} (${lost.name}) were lost. Which rows its tasks give depends on an order that changes from run to run, and job ${job.id} (${callSiteText(job.plan.callSite)}) has already counted some in accumulators or handed them out. Run the action again; checkpoint() before repartition, sample, zip and the like makes the order the same each time.`,
    { data: { jobId: job.id, stageId: lost.id } },
  );
}

export function resultTooLarge(job: Job, sizeBytes: number, limitBytes: number): FiresteelError {
  return new FiresteelError(
    'RESULT_TOO_LARGE',
    `The results of job ${job.id} (${callSiteText(job.plan.callSite)}) take more than the ${limitBytes} bytes of driver.maxResultSize: ${sizeBytes} bytes so far. Read them partition by partition with toLocalIterator(), write them with saveAsTextFile() or another saveAs… action, reduce them on the executors, or set driver.maxResultSize to more.`,
    { data: { jobId: job.id, sizeBytes, limitBytes } },
  );
}

export function jobCancelled(jobId: number, reason: string | undefined): FiresteelError {
  return new FiresteelError(
    'JOB_CANCELLED',
    `Job ${jobId} was cancelled${reason === undefined ? '' : `: ${endless(reason)}`}.`,
    { data: { jobId, reason } },
  );
}

export function contextStopped(job: Job | undefined): FiresteelError {
  return job === undefined
    ? new FiresteelError(
        'CONTEXT_STOPPED',
        'The context was stopped before the action; create a new context to run jobs.',
      )
    : new FiresteelError(
        'CONTEXT_STOPPED',
        `The context was stopped while job ${job.id} (${callSiteText(job.plan.callSite)}) ran; ` +
          'await the action before stopping the context.',
        { data: { jobId: job.id } },
      );
}

/** A barrier stage that can never run all of its tasks at once. */
export function barrierSlots(stage: Stage, slots: number): FiresteelError {
  const { numPartitions } = stage.plan;
  return new FiresteelError(
    'BARRIER_SLOTS',
    `Stage ${stage.id} (${stage.name}) is a barrier stage of ${numPartitions} tasks, which must all run at the same time, but there are only ${slots} slots. Use coalesce or repartition before barrier() to have fewer partitions, or a master with more slots.`,
    { data: { stageId: stage.id, numTasks: numPartitions, slots } },
  );
}

/** A task has failed wherever it may run. */
export function executorsExcluded(set: TaskSet, partition: number, slots: number): FiresteelError {
  const { stage } = set;
  const reason = set.exclusion?.reasonOf(partition) ?? 'tasks have failed on all executors';
  return new FiresteelError(
    'EXECUTORS_EXCLUDED',
    `The task of partition ${partition} in stage ${stage.id} (${stage.name}) can run in none of the ${slots} slots: their executors are excluded after failures, at last because ${endless(reason)}. Look at these failures; excludeOnFailure.* says how many of them a place may have.`,
    { data: { stageId: stage.id, partition, slots, reason } },
  );
}

/** The tasks of a barrier stage do not make the same calls. */
export function barrierBroken(task: TaskAttempt, detail: string): FiresteelError {
  return new FiresteelError(
    'BARRIER_BROKEN',
    `${describeTask(task)} broke its barrier: ${detail}. Every task of a barrier stage must call barrier() and allGather() equally often and in the same order; a cached partition calls nothing.`,
    { data: { stageId: task.set.stage.id, partition: task.partition } },
  );
}

/** A fault that is not an error of the user's code. */
export function internalError(message: string, cause?: unknown): FiresteelError {
  return new FiresteelError('INTERNAL', message, cause === undefined ? {} : { cause });
}

export function describeTask(task: TaskAttempt): string {
  const { stage } = task.set;
  return `The task of partition ${task.partition} in stage ${stage.id} (${stage.name})`;
}

function endless(sentence: string): string {
  return sentence.replace(/[.\s]+$/, '');
}

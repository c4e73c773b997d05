import { maskedValue } from '@firesteel/common';
import type { JobRecord } from '../store/job-record.js';
import type { StageAttempt } from '../store/stage-attempt.js';
import type { ServedApplication } from './application-source.js';
import { nowOf } from './application-view.js';
import { stageView } from './stage-view.js';
import type { JobDetail, JobStatus, JobView, StageView } from './types.js';

function statusOf({ end }: JobRecord, { state }: ServedApplication): JobStatus {
  if (end !== undefined) return end.result.kind;
  return state === 'running' ? 'running' : 'unknown';
}

function jobView(job: JobRecord, served: ServedApplication): JobView {
  const { start, end } = job;
  const { description, jobGroup } = start;
  return {
    jobId: start.jobId,
    name: start.name,
    ...(description !== undefined && { description }),
    ...(jobGroup !== undefined && { jobGroup }),
    tags: start.tags,
    pool: start.pool,
    status: statusOf(job, served),
    submissionTime: start.time,
    ...(end !== undefined && { completionTime: end.time }),
    durationMs: Math.max(0, (end?.time ?? nowOf(served)) - start.time),
    ...(end?.result.kind === 'failed' && { failureReason: errorText(end.result.error) }),
    numTasks: start.numTasks,
    numActiveTasks: statusOf(job, served) === 'running' ? job.active : 0,
    numCompletedTasks: job.succeeded,
    numFailedTasks: job.failed,
    numKilledTasks: job.killed,
    stageIds: start.stageIds,
    numSkippedStages: start.skippedStages.length,
  };
}

/** Newest first. */
export function jobViews(served: ServedApplication, statuses: readonly string[]): JobView[] {
  return [...served.store.jobs.values()]
    .reverse()
    .map((job) => jobView(job, served))
    .filter(({ status }) => statuses.length === 0 || statuses.includes(status));
}

export function jobDetail(job: JobRecord, served: ServedApplication): JobDetail {
  const { start } = job;
  const { skippedStages, stages: planned } = start;
  const skipped = skippedStages.map(
    ({ shuffleId, name, numTasks }): StageView => ({
      name,
      status: 'skipped',
      jobIds: [start.jobId],
      ...noTasks,
      numTasks,
      shuffleId,
      parentShuffleIds: [],
      operators: [],
    }),
  );
  const known = new Set(planned.map(({ stageId }) => stageId));
  const newest = new Map<number, StageAttempt>();
  for (const attempt of served.store.stages.values())
    newest.set(attempt.submitted.stageId, attempt);
  const stages = planned.map((stage): StageView => {
    const attempt = newest.get(stage.stageId);
    if (attempt !== undefined) return stageView(attempt, served);
    const { stageId, name, numTasks, shuffleId, parentShuffleIds } = stage;
    return {
      stageId,
      name,
      status: job.end === undefined ? 'pending' : 'unknown',
      jobIds: [start.jobId],
      ...noTasks,
      numTasks,
      ...(shuffleId !== undefined && { shuffleId }),
      parentShuffleIds,
      operators: [],
    };
  });
  // Stages that were skipped, until their output was lost.
  const again = new Map<number, StageView>();
  for (const attempt of served.store.stages.values()) {
    const { stageId, jobIds } = attempt.submitted;
    if (jobIds.includes(start.jobId) && !known.has(stageId))
      again.set(stageId, stageView(attempt, served));
  }
  const properties = Object.fromEntries(
    Object.entries(start.properties).map(([key, value]) => [key, maskedValue(key, value)]),
  );
  return {
    ...jobView(job, served),
    stages: [...skipped, ...again.values(), ...stages],
    properties,
  };
}

const noTasks = {
  numActiveTasks: 0,
  numCompletedTasks: 0,
  numFailedTasks: 0,
  numKilledTasks: 0,
};

function errorText({ name, message }: Error): string {
  return `${name}: ${message}`;
}

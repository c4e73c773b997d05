import { type JobPlan, jobProperty, tagsOf } from '@firesteel/plan';
import type { Clock } from './clock.js';
import { callSiteText, type JobResult, type PlannedStage, type SkippedStage } from './events.js';
import type { Job } from './job.js';
import type { ListenerBus } from './listener-bus.js';
import type { Stage } from './stage.js';

/** Tells listeners what becomes of jobs. */
export class JobEvents {
  readonly #clock: Clock;
  readonly #bus: ListenerBus;

  constructor({ clock, bus }: { readonly clock: Clock; readonly bus: ListenerBus }) {
    this.#clock = clock;
    this.#bus = bus;
  }

  /** @param stages that the job is going to run or to wait for, parents first */
  started(job: Job, stages: readonly Stage[]): void {
    const { id: jobId, plan, properties, pool } = job;
    this.#bus.post({
      kind: 'jobStart',
      jobId,
      time: this.#clock.now(),
      name: callSiteText(plan.callSite),
      callSite: plan.callSite,
      description: properties[jobProperty.description],
      jobGroup: properties[jobProperty.group],
      tags: tagsOf(properties),
      pool,
      properties,
      stageIds: stages.map((stage) => stage.id),
      stages: stages.map(plannedStage),
      skippedStages: skippedStages(plan, stages),
      numTasks: stages.reduce((sum, stage) => sum + stage.missingCount, 0),
    });
  }

  ended({ id: jobId }: Job, result: JobResult): void {
    this.#bus.post({ kind: 'jobEnd', jobId, time: this.#clock.now(), result });
  }
}

function plannedStage({ id, name, missingCount, plan }: Stage): PlannedStage {
  return {
    stageId: id,
    name,
    numTasks: missingCount,
    shuffleId: plan.shuffleId,
    parentShuffleIds: plan.parents.map(({ shuffleId }) => shuffleId),
  };
}

function skippedStages(plan: JobPlan, stages: readonly Stage[]): SkippedStage[] {
  const run = new Set(stages.map((stage) => stage.plan.shuffleId));
  const skipped: SkippedStage[] = [];
  for (const { shuffleId, callSite, numPartitions } of [...plan.skipped, ...plan.stages]) {
    if (shuffleId === undefined || run.has(shuffleId)) continue;
    skipped.push({ shuffleId, name: callSiteText(callSite), numTasks: numPartitions });
  }
  return skipped;
}

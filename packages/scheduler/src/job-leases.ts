import type { Job } from './job.js';
import type { ProgramRegistry } from './program-registry.js';
import type { Shuffle, ShuffleRegistry } from './shuffle-registry.js';

/** What running jobs hold in the registries: their result program, and the shuffles they read. */
export class JobLeases {
  readonly #programs: ProgramRegistry;
  readonly #shuffles: ShuffleRegistry;

  constructor(programs: ProgramRegistry, shuffles: ShuffleRegistry) {
    this.#programs = programs;
    this.#shuffles = shuffles;
  }

  acquire(job: Job): void {
    const { stages, closureSet } = job.plan;
    for (const stage of stages) {
      if (stage.shuffleId === undefined) this.#programs.retain(stage.program, closureSet);
      else hold(job, this.#shuffles.register(stage.shuffleId, stage, closureSet));
      // A planner leaves out what stands before a complete shuffle.
      for (const { shuffleId } of stage.parents) {
        const parent = this.#shuffles.get(shuffleId);
        if (parent !== undefined) hold(job, parent);
      }
    }
  }

  release(job: Job): void {
    const { stages, closureSet } = job.plan;
    for (const stage of stages) {
      if (stage.shuffleId === undefined) this.#programs.release(stage.program, closureSet);
    }
    for (const shuffle of job.shuffles) shuffle.jobs.delete(job);
    for (const shuffle of job.shuffles) this.#shuffles.settle(shuffle);
    job.shuffles.clear();
  }
}

function hold(job: Job, shuffle: Shuffle): void {
  job.shuffles.add(shuffle);
  shuffle.jobs.add(job);
}

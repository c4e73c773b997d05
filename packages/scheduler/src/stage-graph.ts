import type { CacheTracker } from './cache-tracker.js';
import type { Job } from './job.js';
import type { Shuffle, ShuffleRegistry } from './shuffle-registry.js';
import { Stage, type StageTarget } from './stage.js';
import { internalError } from './task-errors.js';

/**
 * Which stages there are, which shuffles they need, and which jobs need them. Iterative
 * everywhere, since lineages are thousands of stages deep.
 */
export class StageGraph {
  readonly #shuffles: ShuffleRegistry;
  readonly #cache: CacheTracker;
  #nextStageId = 0;

  constructor(shuffles: ShuffleRegistry, cache: CacheTracker) {
    this.#shuffles = shuffles;
    this.#cache = cache;
  }

  /** The stages that a job has to run, parents first, its result stage last. */
  createStages(job: Job): Stage[] {
    const resultPlan = job.plan.stages.at(-1);
    if (resultPlan === undefined) throw internalError('A job plan has no stages.');
    const stages: Stage[] = [];
    const seen = new Set<Shuffle>();
    const open: { shuffle: Shuffle; expanded: boolean }[] = [];
    const expand = (parents: readonly Shuffle[]): void => {
      for (const shuffle of parents.toReversed()) {
        if (!seen.has(shuffle)) open.push({ shuffle, expanded: false });
      }
    };
    expand(this.neededParents(resultPlan, undefined));
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (!top.expanded && !seen.has(top.shuffle)) {
        top.expanded = true;
        seen.add(top.shuffle);
        expand(this.neededParents(top.shuffle.plan, top.shuffle.stage));
        continue;
      }
      open.pop();
      if (top.expanded) stages.push(this.stageOf(top.shuffle));
    }
    stages.push(this.#newStage({ kind: 'result', job }));
    for (const stage of stages) this.attach(stage, [job]);
    return stages;
  }

  /** The shuffles that have to be computed before the stage can run. */
  neededParents(plan: Stage['plan'], stage: Stage | undefined): Shuffle[] {
    const needed: Shuffle[] = [];
    for (const { shuffleId, unlessCached } of plan.parents) {
      const shuffle = this.#shuffle(shuffleId);
      if (shuffle.outputs.complete) continue;
      const cached =
        stage?.requiredShuffles.has(shuffleId) !== true &&
        unlessCached.some(({ rddId, numPartitions }) =>
          this.#cache.isFullyCached(rddId, numPartitions),
        );
      if (!cached) needed.push(shuffle);
    }
    return needed;
  }

  /** Whether cached blocks that stand in for shuffles can be read in any slot. */
  canReadAnywhere({ plan }: Stage): boolean {
    return plan.parents.every(
      ({ shuffleId, unlessCached }) =>
        this.#shuffle(shuffleId).outputs.complete ||
        unlessCached.some(({ rddId, numPartitions }) =>
          this.#cache.isFullyServed(rddId, numPartitions),
        ),
    );
  }

  /** The stage that computes a shuffle, made when there is none. */
  stageOf(shuffle: Shuffle): Stage {
    shuffle.stage ??= this.#newStage({ kind: 'shuffle', shuffle });
    return shuffle.stage;
  }

  /** What running jobs have computed, or compute, from the rows of a shuffle. */
  dependantsOf(first: Shuffle): { readonly shuffles: Shuffle[]; readonly results: Stage[] } {
    const readers = new Map<number, Shuffle[]>();
    for (const shuffle of this.#shuffles.all())
      for (const { shuffleId } of shuffle.jobs.size > 0 ? shuffle.plan.parents : []) {
        const known = readers.get(shuffleId);
        if (known === undefined) readers.set(shuffleId, [shuffle]);
        else known.push(shuffle);
      }
    const found = new Set<Shuffle>([first]);
    // A set also visits what is added meanwhile.
    for (const { id } of found) for (const reader of readers.get(id) ?? []) found.add(reader);
    const ids = new Set([...found].map(({ id }) => id));
    const jobs = new Set([...found].flatMap((shuffle) => [...shuffle.jobs]));
    const results = [...jobs]
      .flatMap((job) => [...job.stages])
      .filter(
        ({ target, plan }) =>
          target.kind === 'result' && plan.parents.some(({ shuffleId }) => ids.has(shuffleId)),
      );
    found.delete(first);
    return { shuffles: [...found], results };
  }

  /** Notes that the jobs need the stage and all that it waits for. */
  attach(first: Stage, jobs: Iterable<Job>): void {
    const open = [first];
    for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
      let added = false;
      for (const job of jobs) {
        if (stage.jobs.has(job)) continue;
        added = true;
        stage.jobs.add(job);
        job.stages.add(stage);
        if (stage.target.kind === 'shuffle') {
          stage.target.shuffle.jobs.add(job);
          job.shuffles.add(stage.target.shuffle);
        }
      }
      if (added) open.push(...stage.waitingFor);
    }
  }

  #shuffle(shuffleId: number): Shuffle {
    const shuffle = this.#shuffles.get(shuffleId);
    if (shuffle === undefined) {
      throw internalError(`Shuffle ${shuffleId} is read by a stage, but no stage computes it.`);
    }
    return shuffle;
  }

  #newStage(target: StageTarget): Stage {
    const plan = target.kind === 'shuffle' ? target.shuffle.plan : target.job.plan.stages.at(-1);
    if (plan === undefined) throw internalError('A job plan has no stages.');
    return new Stage(this.#nextStageId++, target, plan, this.#cache);
  }
}

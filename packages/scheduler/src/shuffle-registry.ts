import type { ClosureSet, SchedulerBackend, StagePlan } from '@firesteel/plan';
import type { Holdings } from './allocation/idle-executors.js';
import type { Job } from './job.js';
import { MapOutputEpoch, MapOutputs } from './map-output-tracker.js';
import type { ProgramRegistry } from './program-registry.js';
import type { Stage } from './stage.js';

/** A shuffle with the plan that computed it, so that lost outputs are made by the same functions. */
export class Shuffle {
  readonly id: number;
  plan: StagePlan;
  closureSet: ClosureSet;
  outputs: MapOutputs;
  /** The stage that computes it, while a running job may need it. */
  stage: Stage | undefined;
  /** Running jobs whose lineage contains it. */
  readonly jobs = new Set<Job>();
  /** The known shuffles that its plan reads, and how many known shuffles read this one. */
  parents: readonly Shuffle[] = [];
  children = 0;
  /** Whether the backend was given its outputs. */
  announced = false;
  /** Its outputs go as soon as no job runs on them. */
  removeRequested = false;

  constructor(id: number, plan: StagePlan, closureSet: ClosureSet, outputs: MapOutputs) {
    this.id = id;
    this.plan = plan;
    this.closureSet = closureSet;
    this.outputs = outputs;
  }
}

/**
 * All shuffles whose outputs, or whose plan, may still be needed. A shuffle without a running job
 * stays once its outputs were complete, with what is left of them; without outputs its plan stays
 * while a known shuffle reads it, because recomputing that one may need it.
 */
export class ShuffleRegistry {
  readonly epoch = new MapOutputEpoch();
  readonly #backend: SchedulerBackend;
  readonly #programs: ProgramRegistry;
  readonly #shuffles = new Map<number, Shuffle>();

  constructor(backend: SchedulerBackend, programs: ProgramRegistry) {
    this.#backend = backend;
    this.#programs = programs;
  }

  get(shuffleId: number): Shuffle | undefined {
    return this.#shuffles.get(shuffleId);
  }

  /**
   * The shuffle that a stage plan computes. One that is complete, or was until outputs were lost,
   * or that a running job works on, keeps its plan; otherwise the new plan replaces what an
   * unfinished job left behind, because it holds the values that the user's functions capture now.
   */
  register(shuffleId: number, plan: StagePlan, closureSet: ClosureSet): Shuffle {
    const known = this.#shuffles.get(shuffleId);
    if (known !== undefined && (known.outputs.wasComplete || known.jobs.size > 0)) return known;

    this.#programs.retain(plan.program, closureSet);
    const outputs = new MapOutputs(plan.numPartitions, this.epoch);
    if (known === undefined) {
      const shuffle = new Shuffle(shuffleId, plan, closureSet, outputs);
      this.#shuffles.set(shuffleId, shuffle);
      this.#linkParents(shuffle);
      return shuffle;
    }
    const replacedParents = known.parents;
    this.#programs.release(known.plan.program, known.closureSet);
    known.plan = plan;
    known.closureSet = closureSet;
    known.outputs = outputs;
    known.removeRequested = false;
    this.#linkParents(known);
    for (const parent of replacedParents) this.#unlinkParent(parent);
    return known;
  }

  /** Publishes the outputs of a shuffle of which none is missing. */
  publish(shuffle: Shuffle): void {
    shuffle.announced = true;
    this.#backend.setShuffleOutputs(shuffle.id, shuffle.outputs.publish());
  }

  /** All known shuffles. */
  all(): Iterable<Shuffle> {
    return this.#shuffles.values();
  }

  /** Whether an executor has outputs, and whether a running job may read them. */
  holdingsOf(executorId: string): Pick<Holdings, 'hasShuffles' | 'hasActiveShuffles'> {
    let hasShuffles = false;
    for (const { outputs, jobs } of this.#shuffles.values()) {
      if (!outputs.isHeldBy(executorId)) continue;
      if (jobs.size > 0) return { hasShuffles: true, hasActiveShuffles: true };
      hasShuffles = true;
    }
    return { hasShuffles, hasActiveShuffles: false };
  }

  /** Drops the outputs of a shuffle, now or when the jobs that use it have ended. */
  remove(shuffleId: number): void {
    const shuffle = this.#shuffles.get(shuffleId);
    if (shuffle === undefined) return;
    shuffle.removeRequested = true;
    this.settle(shuffle);
  }

  /** Frees what is not needed any more; called whenever a use of the shuffle ended. */
  settle(first: Shuffle): void {
    const open = [first];
    for (let shuffle = open.pop(); shuffle !== undefined; shuffle = open.pop()) {
      if (this.#shuffles.get(shuffle.id) !== shuffle || shuffle.jobs.size > 0) continue;
      if (shuffle.outputs.wasComplete && !shuffle.removeRequested) continue;
      // Executors hold outputs from the moment when their tasks end.
      const isHeld = shuffle.announced || shuffle.outputs.hasSome;
      shuffle.outputs.clear();
      if (isHeld) this.#backend.removeShuffle(shuffle.id);
      shuffle.announced = false;
      if (shuffle.children > 0) continue;
      this.#shuffles.delete(shuffle.id);
      this.#programs.release(shuffle.plan.program, shuffle.closureSet);
      for (const parent of shuffle.parents) {
        parent.children -= 1;
        open.push(parent);
      }
      shuffle.parents = [];
    }
  }

  #linkParents(shuffle: Shuffle): void {
    const parents: Shuffle[] = [];
    for (const { shuffleId } of shuffle.plan.parents) {
      const parent = this.#shuffles.get(shuffleId);
      if (parent === undefined) continue;
      parent.children += 1;
      parents.push(parent);
    }
    shuffle.parents = parents;
  }

  #unlinkParent(parent: Shuffle): void {
    parent.children -= 1;
    this.settle(parent);
  }
}

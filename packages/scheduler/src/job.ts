import type { JobPlan } from '@firesteel/plan';
import type { Shuffle } from './shuffle-registry.js';
import type { Stage } from './stage.js';

/** A running action: its partial results so far, and what it works with. */
export class Job {
  readonly id: number;
  readonly plan: JobPlan;
  readonly promise: Promise<Uint8Array[]>;
  /** The stages that run for it or may have to, its own and shared ones. */
  readonly stages = new Set<Stage>();
  /** The shuffles of its lineage. */
  readonly shuffles = new Set<Shuffle>();
  readonly #results = new Map<number, Uint8Array>();
  readonly #missing: Set<number>;
  readonly #resolve: (results: Uint8Array[]) => void;
  readonly #reject: (error: Error) => void;

  constructor(id: number, plan: JobPlan) {
    this.id = id;
    this.plan = plan;
    this.#missing = new Set(plan.partitions);
    let resolve: (results: Uint8Array[]) => void = () => {};
    let reject: (error: Error) => void = () => {};
    this.promise = new Promise((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Partitions of the result stage without a result. */
  get missing(): ReadonlySet<number> {
    return this.#missing;
  }

  addResult(partition: number, result: Uint8Array): void {
    if (this.#missing.delete(partition)) this.#results.set(partition, result);
  }

  succeed(): void {
    const results: Uint8Array[] = [];
    for (const partition of this.plan.partitions) {
      const result = this.#results.get(partition);
      if (result !== undefined) results.push(result);
    }
    this.#resolve(results);
  }

  fail(error: Error): void {
    this.#reject(error);
  }
}

import { type JobPlan, type JobProperties, jobProperty } from '@firesteel/plan';
import { defaultPool } from './pools.js';
import type { Shuffle } from './shuffle-registry.js';
import type { Stage } from './stage.js';

/** Takes the encoded partial result of a partition, as soon as there is one. */
export type OnResult = (result: Uint8Array) => void;

/** A running action: its partial results so far, and what it works with. */
export class Job {
  readonly id: number;
  readonly plan: JobPlan;
  readonly properties: JobProperties;
  readonly promise: Promise<Uint8Array[]>;
  /** The stages that run for it or may have to, its own and shared ones. */
  readonly stages = new Set<Stage>();
  /** The shuffles of its lineage. */
  readonly shuffles = new Set<Shuffle>();
  /** By partition of the result stage. */
  readonly #results: (Uint8Array | undefined)[] = [];
  /** Each partition once, though an action may ask for one twice. */
  readonly #wanted: readonly number[];
  readonly #onResult: OnResult | undefined;
  #resultBytes = 0;
  #isShown = false;
  #missingCount: number;
  readonly #resolve: (results: Uint8Array[]) => void;
  readonly #reject: (error: Error) => void;

  constructor(id: number, plan: JobPlan, properties: JobProperties, onResult?: OnResult) {
    this.id = id;
    this.plan = plan;
    this.properties = properties;
    this.#onResult = onResult;
    this.#wanted = [...new Set(plan.partitions)];
    this.#missingCount = this.#wanted.length;
    let resolve: (results: Uint8Array[]) => void = () => {};
    let reject: (error: Error) => void = () => {};
    this.promise = new Promise((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Whose share of the slots it uses. */
  get pool(): string {
    return this.properties[jobProperty.pool] ?? defaultPool;
  }

  /** Encoded bytes of the results so far. */
  get resultBytes(): number {
    return this.#resultBytes;
  }

  /** Whether results have left the job before its end, so that they cannot be taken back. */
  get isShown(): boolean {
    return this.#isShown;
  }

  /** Notes that some of what its tasks give has left the job. */
  show(): void {
    this.#isShown = true;
  }

  get missingCount(): number {
    return this.#missingCount;
  }

  /** Partitions of the result stage without a result. */
  missing(): number[] {
    return this.#wanted.filter((partition) => this.#results[partition] === undefined);
  }

  hasResult(partition: number): boolean {
    return this.#results[partition] !== undefined;
  }

  addResult(partition: number, result: Uint8Array): void {
    // The first of several attempts counts: an output is committed with what that one wrote.
    if (this.#results[partition] !== undefined) return;
    this.#results[partition] = result;
    this.#resultBytes += result.length;
    this.#missingCount -= 1;
    if (this.#onResult === undefined) return;
    this.show();
    this.#onResult(result);
  }

  /** Forgets all results: the stage that gave them has to run as a whole again. */
  resetResults(): void {
    this.#results.length = 0;
    this.#resultBytes = 0;
    this.#missingCount = this.#wanted.length;
  }

  succeed(): void {
    const results: Uint8Array[] = [];
    for (const partition of this.plan.partitions) {
      const result = this.#results[partition];
      if (result !== undefined) results.push(result);
    }
    this.#resolve(results);
  }

  fail(error: Error): void {
    this.#reject(error);
  }
}

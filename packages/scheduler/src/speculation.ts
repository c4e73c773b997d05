/** When a copy of a slow task is launched; Spark's keys `speculation.*`. */
export interface SpeculationOptions {
  /** How often running tasks are looked at. */
  readonly intervalMs: number;
  /** How many times slower than the median a task must be. */
  readonly multiplier: number;
  /** The part of the tasks of a stage that must have succeeded before. */
  readonly quantile: number;
  /** A task that has run for less is never copied. */
  readonly minTaskRuntimeMs: number;
}

/** Each bucket ends 5 % above the one before. */
const BUCKET_RATIO = Math.log(1.05);

/** The durations of tasks, in constant memory; the median is exact to 5 %. */
export class DurationHistogram {
  readonly #counts: number[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(durationMs: number): void {
    const bucket = Math.ceil(Math.log(Math.max(1, durationMs)) / BUCKET_RATIO);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
  }

  /** In milliseconds; 0 without any duration. */
  median(): number {
    let left = this.#count / 2;
    for (const [bucket, count = 0] of this.#counts.entries()) {
      left -= count;
      if (count > 0 && left <= 0) return Math.exp(bucket * BUCKET_RATIO);
    }
    return 0;
  }
}

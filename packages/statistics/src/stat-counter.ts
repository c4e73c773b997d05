import { addToMoments, type Moments, mergeMoments, noMoments } from './moments.js';

/**
 * Count, sum, mean, variance, smallest and largest of numbers: the result of `rdd.stats()`.
 *
 * Of no numbers the sum is 0, the mean is 0, variances are NaN, the smallest is Infinity and the
 * largest -Infinity. NaN among the numbers makes everything but the count NaN.
 */
export class StatCounter {
  readonly #moments: Moments;

  constructor(values: Iterable<number> = []) {
    this.#moments = noMoments();
    for (const value of values) this.add(value);
  }

  /** The counter of moments that were gathered elsewhere. */
  static ofMoments(moments: Readonly<Moments>): StatCounter {
    const counter = new StatCounter();
    mergeMoments(counter.#moments, moments);
    return counter;
  }

  /** Adds a number. Returns this counter. */
  add(value: number): this {
    addToMoments(this.#moments, value);
    return this;
  }

  /** Adds all numbers of another counter, which may be this one. Returns this counter. */
  merge(other: StatCounter): this {
    mergeMoments(this.#moments, [...other.#moments]);
    return this;
  }

  get count(): number {
    return this.#moments[0];
  }

  get sum(): number {
    return this.#moments[1];
  }

  get mean(): number {
    return this.#moments[2];
  }

  get min(): number {
    return this.#moments[4];
  }

  get max(): number {
    return this.#moments[5];
  }

  /** The mean squared deviation from the mean, as of a whole population. */
  get variance(): number {
    return this.#moments[3] / this.count;
  }

  /** The same as `variance`. */
  get popVariance(): number {
    return this.variance;
  }

  /** The unbiased estimate of the variance of a population that the numbers are a sample of. */
  get sampleVariance(): number {
    return this.count < 2 ? Number.NaN : this.#moments[3] / (this.count - 1);
  }

  /** The square root of `variance`, in the unit of the numbers. */
  get stdev(): number {
    return Math.sqrt(this.variance);
  }

  /** The same as `stdev`. */
  get popStdev(): number {
    return this.stdev;
  }

  /** The square root of `sampleVariance`. */
  get sampleStdev(): number {
    return Math.sqrt(this.sampleVariance);
  }

  /** Such as `(count: 3, mean: 2, stdev: 0.816…, max: 3, min: 1)`. */
  toString(): string {
    const { count, mean, stdev, max, min } = this;
    return `(count: ${count}, mean: ${mean}, stdev: ${stdev}, max: ${max}, min: ${min})`;
  }

  /** All numbers by name. */
  toJSON(): Record<string, number> {
    const { count, sum, mean, min, max, variance, sampleVariance, stdev, sampleStdev } = this;
    return { count, sum, mean, min, max, variance, sampleVariance, stdev, sampleStdev };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `StatCounter ${this}`;
  }
}

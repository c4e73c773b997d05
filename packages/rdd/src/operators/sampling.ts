import { invalidArgument } from '@firesteel/common';
import { createNode, type SamplerSpec } from '@firesteel/plan';
import type { RDD } from '../rdd.js';
import {
  checkFraction,
  checkFractions,
  drawOf,
  type SampleArguments,
  type SampleOptions,
  seedOf,
} from '../sample-arguments.js';
import type { AnyMethod } from './any-method.js';
import { Joins } from './joins.js';

/**
 * Transformations that choose rows at random. What they choose depends on the seed and on the place
 * of rows in their partitions only: the same seed over the same partitions gives the same rows, in
 * every run. They keep the order of rows and the partitioner.
 */
export abstract class Sampling<T> extends Joins<T> {
  /**
   * About `fraction` of the rows: each is drawn by itself, so the number varies; `takeSample` gives
   * an exact one. With replacement each row comes as often as a Poisson number says.
   *
   * @param fraction from 0 to 1; with replacement how often a row comes on average
   * @throws FiresteelError INVALID_ARGUMENT for other fractions
   * @example
   * lines.sample(0.01, { seed: 42 })
   * lines.sample(false, 0.01, 42) // the same, in Spark's order
   */
  sample(fraction: number, options?: number | SampleOptions): RDD<T>;
  sample(
    withReplacement: boolean,
    fraction: number,
    options?: number | Omit<SampleOptions, 'withReplacement'>,
  ): RDD<T>;
  sample(...args: SampleArguments<number>): RDD<T> {
    const callSite = this.context.callSite(this.sample);
    const { amount: fraction, withReplacement, seed } = drawOf(args, 'sample');
    checkFraction(fraction, 'fraction of sample', withReplacement);
    const sampler: SamplerSpec = { kind: withReplacement ? 'poisson' : 'bernoulli', fraction };
    return this.derive(
      createNode({ kind: 'sample', parents: [this.node], callSite, sampler, seed }),
    );
  }

  /**
   * Several RDDs that split the rows at random, in the proportion of the weights: each row is in
   * exactly one of them. Each of them computes this RDD again, so cache it if that is dear, and if
   * it may give its rows in another order the next time.
   *
   * @param weights numbers of at least 0 with a sum above 0; they need not add up to 1
   * @throws FiresteelError INVALID_ARGUMENT for other weights
   * @example
   * const [training, test] = rows.randomSplit([0.8, 0.2], { seed: 7 });
   */
  randomSplit<const W extends readonly number[]>(
    weights: W,
    options?: number | Pick<SampleOptions, 'seed'>,
  ): { -readonly [I in keyof W]: RDD<T> } {
    const callSite = this.context.callSite(this.randomSplit);
    const sums = cumulated(weights);
    const seed = seedOf(options, 'randomSplit');
    const total = sums.at(-1) as number;
    const splits = weights.map((_, i) => {
      const low = (sums[i] as number) / total;
      const high = (sums[i + 1] as number) / total;
      const sampler: SamplerSpec = { kind: 'cell', low, high };
      return this.derive<T>(
        createNode({ kind: 'sample', parents: [this.node], callSite, sampler, seed }),
      );
    });
    return splits as { -readonly [I in keyof W]: RDD<T> };
  }

  /**
   * `sample` with a fraction for each key.
   *
   * @param fractions a Map, or other pairs of keys and fractions. Jobs that meet another key reject
   *   with INVALID_ARGUMENT
   * @throws FiresteelError INVALID_ARGUMENT for fractions that `sample` refuses
   * @example
   * requests.sampleByKey(new Map([[200, 0.01], [500, 1]]), { seed: 1 })
   */
  sampleByKey<K, V>(
    this: RDD<readonly [K, V]>,
    fractions: Iterable<readonly [NoInfer<K>, number]>,
    options?: number | SampleOptions,
  ): RDD<[K, V]>;
  sampleByKey<K, V>(
    this: RDD<readonly [K, V]>,
    withReplacement: boolean,
    fractions: Iterable<readonly [NoInfer<K>, number]>,
    options?: number | Omit<SampleOptions, 'withReplacement'>,
  ): RDD<[K, V]>;
  sampleByKey(...args: SampleArguments<Iterable<readonly [unknown, number]>>): RDD<never> {
    return this.#sampleByKey(args, false, this.sampleByKey);
  }

  /**
   * Exactly `ceil(pairs * fraction)` pairs of each key, every choice of them as likely as any
   * other. The first job that needs it counts the pairs of each key in a job before.
   *
   * @param fractions as in `sampleByKey`
   * @throws FiresteelError INVALID_ARGUMENT for fractions that `sample` refuses
   */
  sampleByKeyExact<K, V>(
    this: RDD<readonly [K, V]>,
    fractions: Iterable<readonly [NoInfer<K>, number]>,
    options?: number | SampleOptions,
  ): RDD<[K, V]>;
  sampleByKeyExact<K, V>(
    this: RDD<readonly [K, V]>,
    withReplacement: boolean,
    fractions: Iterable<readonly [NoInfer<K>, number]>,
    options?: number | Omit<SampleOptions, 'withReplacement'>,
  ): RDD<[K, V]>;
  sampleByKeyExact(...args: SampleArguments<Iterable<readonly [unknown, number]>>): RDD<never> {
    return this.#sampleByKey(args, true, this.sampleByKeyExact);
  }

  #sampleByKey<U>(
    args: SampleArguments<Iterable<readonly [unknown, number]>>,
    isExact: boolean,
    method: AnyMethod,
  ): RDD<U> {
    const callSite = this.context.callSite(method);
    const { amount, withReplacement, seed } = drawOf(args, method.name);
    const fractions = checkFractions(amount, withReplacement, method.name);
    return this.derive(
      createNode({
        kind: 'sampleByKey',
        parents: [this.node],
        callSite,
        fractions,
        withReplacement,
        isExact,
        seed,
      }),
    );
  }
}

/** 0 and the sums of the first weight, the first two, and so on. */
function cumulated(weights: readonly number[]): number[] {
  const isWeight = (weight: unknown) =>
    typeof weight === 'number' && weight >= 0 && weight < Number.POSITIVE_INFINITY;
  if (!Array.isArray(weights) || !weights.every(isWeight))
    throw invalidArgument('weights of randomSplit', 'an array of numbers of at least 0', weights);
  const sums = [0];
  for (const weight of weights) sums.push((sums.at(-1) as number) + weight);
  if (!((sums.at(-1) as number) > 0))
    throw invalidArgument('The sum of the weights of randomSplit', 'above 0', sums.at(-1));
  return sums;
}

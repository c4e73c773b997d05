import { KeyedMap } from '@firesteel/codec';
import { act, countKeys, lookupValues, pairsAsMap } from '../actions.js';
import { checkSyncFunction } from '../arguments.js';
import type { ActionOptions, JobPromise } from '../job-promise.js';
import type { RDD } from '../rdd.js';
import type { KeyOf, ValueOf } from './pair-types.js';
import { StatisticsActions } from './statistics-actions.js';

/** Actions on RDDs of `[key, value]` rows. */
export abstract class PairActions<T> extends StatisticsActions<T> {
  /** How many pairs each key has, on the driver. */
  countByKey<K>(
    this: RDD<readonly [K, unknown]>,
    options: ActionOptions = {},
  ): JobPromise<KeyedMap<K, number>> {
    const target = this.action(this.countByKey, options);
    return act(target, (runJob) => countKeys<K>(target, runJob));
  }

  /**
   * `reduceByKey` into a map on the driver: combined in each partition, without a shuffle. For few
   * keys.
   */
  reduceByKeyLocally(
    this: RDD<readonly [unknown, unknown]>,
    fn: (a: ValueOf<T>, b: ValueOf<T>) => ValueOf<T>,
    options: ActionOptions = {},
  ): JobPromise<KeyedMap<KeyOf<T>, ValueOf<T>>> {
    return act(this.action(this.reduceByKeyLocally, options), async (runJob) => {
      checkSyncFunction(fn, 'The function of reduceByKeyLocally');
      const aggregator = { kind: 'reduce', merge: fn } as const;
      const parts = (await runJob({ kind: 'combineByKey', aggregator })) as [
        KeyOf<T>,
        ValueOf<T>,
      ][][];
      const merged = new KeyedMap<KeyOf<T>, ValueOf<T>>();
      for (const [key, value] of parts.flat(1))
        merged.set(key, merged.has(key) ? fn(merged.get(key) as ValueOf<T>, value) : value);
      return merged;
    });
  }

  /** All pairs in a map on the driver; of pairs with equal keys the last one wins. */
  collectAsMap<K, V>(
    this: RDD<readonly [K, V]>,
    options: ActionOptions = {},
  ): JobPromise<KeyedMap<K, V>> {
    const target = this.action(this.collectAsMap, options);
    return act(target, (runJob) => pairsAsMap<K, V>(target, runJob));
  }

  /**
   * The values of a key, in order, none for a key that is not there. Of an RDD that is partitioned
   * by key in a known way only the partition of the key is computed.
   */
  lookup<K, V>(
    this: RDD<readonly [K, V]>,
    key: NoInfer<K>,
    options: ActionOptions = {},
  ): JobPromise<V[]> {
    const target = this.action(this.lookup, options);
    return act(target, (runJob) => lookupValues<K, V>(target, runJob, key));
  }
}

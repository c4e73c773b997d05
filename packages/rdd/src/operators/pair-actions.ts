import type { KeyedMap } from '@firesteel/codec';
import { act, countKeys, lookupValues, pairsAsMap } from '../actions.js';
import type { ActionOptions, JobPromise } from '../job-promise.js';
import type { RDD } from '../rdd.js';
import { SampleActions } from './sample-actions.js';

/** Actions on RDDs of `[key, value]` rows. */
export abstract class PairActions<T> extends SampleActions<T> {
  /** How many pairs each key has, on the driver. */
  countByKey<K>(
    this: RDD<readonly [K, unknown]>,
    options: ActionOptions = {},
  ): JobPromise<KeyedMap<K, number>> {
    const target = this.action(this.countByKey, options);
    return act(target, (runJob) => countKeys<K>(target, runJob));
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

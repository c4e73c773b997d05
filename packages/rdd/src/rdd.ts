import { ShowActions } from './operators/show-actions.js';

/**
 * A resilient distributed dataset: rows in partitions, described by how to compute them.
 *
 * Transformations return a new RDD at once and compute nothing. Actions return a `JobPromise`,
 * which rejects with CONTEXT_STOPPED after `stop`, JOB_CANCELLED when cancelled, and with the
 * user's own error when a function throws. An RDD that several actions use is computed for each
 * of them, unless it is cached; shuffles are reused.
 *
 * Functions given to an RDD run on executors. They may use the variables, imports, helpers and
 * classes around them; variables are captured as they are when the action is called, and changes
 * made to them on executors do not come back.
 *
 * Order: partitions are numbered, rows have a position in their partition, and `collect`, `take`
 * and files follow both. Operations that shuffle give rows an order that is the same in every run.
 *
 * Keys are compared by value: numbers, strings, bigints, booleans, null, undefined, dates, arrays,
 * plain objects and byte arrays; NaN equals NaN and 0 equals -0. Instances of classes are keys by
 * `hashCode()` and `equals(other)`, or by their fields if `sc.registerClass` says so; without
 * either they fail with UNSUPPORTED_KEY, as functions, symbols and promises do.
 *
 * Rows may be of any kind that can travel: plain data, and instances of classes that functions of
 * the job mention or `sc.registerClass` has named. Others fail with UNSUPPORTED_VALUE.
 *
 * The methods for pairs, such as `reduceByKey`, exist on RDDs of `[key, value]` rows only, and
 * `sum` on RDDs of numbers.
 */
export class RDD<out T> extends ShowActions<T> {}

import { optionsOf } from '@firesteel/common';
import { createNode } from '@firesteel/plan';
import { checkFunction, checkInteger } from '../arguments.js';
import type { RDD } from '../rdd.js';
import { Checkpointing } from './checkpointing.js';

/** Transformations that treat each row by itself. */
export abstract class RowTransformations<T> extends Checkpointing {
  /** `fn(row)` for each row. */
  map<U>(fn: (row: T) => U): RDD<U> {
    return this.rowFunction('map', fn, this.map);
  }

  /**
   * All elements of the iterables (arrays, generators, strings, …) that `fn` returns, in order.
   *
   * @example
   * lines.flatMap((line) => line.split(' '))
   */
  flatMap<U>(fn: (row: T) => Iterable<U>): RDD<U> {
    return this.rowFunction('flatMap', fn, this.flatMap);
  }

  /** The rows for which `fn` gives a truthy value. Partitions stay, even when they become empty. */
  filter<U extends T>(fn: (row: T) => row is U): RDD<U>;
  filter(fn: (row: T) => unknown): RDD<T>;
  filter(fn: (row: T) => unknown): RDD<T> {
    return this.rowFunction('filter', fn, this.filter);
  }

  /**
   * The results of `fn` that are not undefined: filter and map in one.
   *
   * @example
   * lines.filterMap((line) => (line.startsWith('E') ? parse(line) : undefined))
   */
  filterMap<U>(fn: (row: T) => U | undefined): RDD<U> {
    return this.rowFunction('filterMap', fn, this.filterMap);
  }

  /**
   * The awaited results of `fn`, in the order of the rows, with at most `concurrency` calls under
   * way in a partition (16 by default). A task that is cancelled does not wait for them.
   *
   * @example
   * urls.mapAsync(async (url) => (await fetch(url)).status, { concurrency: 8 })
   */
  mapAsync<U>(
    fn: (row: T) => Promise<U> | U,
    options: { readonly concurrency?: number } = {},
  ): RDD<U> {
    const callSite = this.context.callSite(this.mapAsync);
    checkFunction(fn, 'The function of mapAsync');
    const { concurrency = 16 } = optionsOf(options, { concurrency: 'number' }, 'mapAsync');
    checkInteger(concurrency, 'concurrency of mapAsync', 1);
    return this.derive(
      createNode({ kind: 'mapAsync', parents: [this.node], callSite, fn, concurrency }),
    );
  }

  /** `[fn(row), row]`: makes pairs. */
  keyBy<K>(fn: (row: T) => K): RDD<[K, T]> {
    return this.rowFunction('keyBy', fn, this.keyBy);
  }
}

import type { FileOutput } from './files.js';
import type { AnyFunction, Slot } from './functions.js';
import type { Combining } from './node.js';

/**
 * What an action does with the rows of one partition. Each task gives one partial result; the
 * driver merges them in partition order. `F` is a function on the driver, a slot in a program.
 *
 * | kind             | partial result of a partition |
 * |------------------|-------------------------------|
 * | count            | number |
 * | collect          | rows |
 * | take             | the first `limit` rows; the source is not read further |
 * | reduce           | `[]` for no rows, else `[value]` |
 * | aggregate        | value |
 * | sum              | number |
 * | top              | the first `limit` rows in order, sorted; ties by position |
 * | forEach, forEachPartition | null |
 * | save, saveTo     | `WrittenPart` |
 * | sampleKeys       | `{ count, sample }`: number of rows, about, and a sample of at most `limit` keys |
 * | combineByKey     | a pair for each key of the partition |
 * | countKeys        | for each key of `fractions` how many pairs have it; other keys are an error |
 */
export type ActionSpec<F = AnyFunction, V = unknown> =
  | { readonly kind: 'count' }
  | { readonly kind: 'collect' }
  | { readonly kind: 'take'; readonly limit: number }
  | { readonly kind: 'reduce'; readonly merge: F }
  | {
      readonly kind: 'aggregate';
      readonly zero: V;
      readonly zeroIsFactory: boolean;
      readonly seqOp: F;
    }
  | { readonly kind: 'sum' }
  | {
      readonly kind: 'top';
      readonly limit: number;
      /** Largest first when true (`top`, `max`), smallest first when false (`takeOrdered`, `min`). */
      readonly largest: boolean;
      /** The sort key of a row; without it the row itself. */
      readonly by?: F;
      /** Order of sort keys; without it the canonical key order. */
      readonly compare?: F;
    }
  | { readonly kind: 'forEach'; readonly fn: F }
  | { readonly kind: 'forEachPartition'; readonly fn: F }
  | { readonly kind: 'save'; readonly output: FileOutput }
  /** `sink` is a `RowSink` on the driver. */
  | { readonly kind: 'saveTo'; readonly sink: V }
  | {
      readonly kind: 'sampleKeys';
      readonly limit: number;
      readonly seed: number;
      /** `pair`: sample the keys of `[key, value]` rows. */
      readonly keyed: 'pair' | 'row';
    }
  | { readonly kind: 'combineByKey'; readonly aggregator: Combining<F, V> }
  | { readonly kind: 'countKeys'; readonly fractions: V };

/** An action inside a stage program. */
export type ActionProgram = ActionSpec<Slot, Slot>;

/** Whether the partial result of an action is rows, and so encoded as a block of them. */
export function hasRowResult(kind: ActionSpec['kind']): boolean {
  return kind === 'collect' || kind === 'take' || kind === 'top' || kind === 'combineByKey';
}

import type { AccumulatorUpdate } from '@firesteel/plan';
import type { NamedAccumulator } from './events.js';

/** Where the scheduler puts what tasks have added to accumulators. */
export interface AccumulatorSink {
  /**
   * Merges what one task has added, and describes that part if the accumulator has a name. Throws
   * what the class of a user throws.
   */
  merge(update: AccumulatorUpdate): NamedAccumulator | undefined;
  /** The accumulator as it is now, if it has a name. */
  current(id: number): NamedAccumulator | undefined;
}

/** For schedulers without accumulators. */
export const noAccumulators: AccumulatorSink = {
  merge: () => undefined,
  current: () => undefined,
};

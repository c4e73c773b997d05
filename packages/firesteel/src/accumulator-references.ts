import { decodeValue } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import {
  type Accumulator,
  type AccumulatorUpdate,
  accumulatorTitle,
  mergeAccumulatorState,
} from '@firesteel/plan';
import type { AccumulatorSink, NamedAccumulator } from '@firesteel/scheduler';

type AnyAccumulator = Accumulator<never, unknown>;

/** The accumulators of a context, as long as the driver or a job refers to them. */
export class AccumulatorReferences implements AccumulatorSink {
  readonly #accumulators = new Map<number, WeakRef<AnyAccumulator>>();
  readonly #garbage = new FinalizationRegistry<number>((id) => this.#accumulators.delete(id));

  add(accumulator: AnyAccumulator): void {
    const id = accumulator.id as number;
    this.#accumulators.set(id, new WeakRef(accumulator));
    this.#garbage.register(accumulator, id);
  }

  /** @throws FiresteelError INVALID_ARGUMENT for an accumulator that another context made */
  assertOwn(accumulator: AnyAccumulator): void {
    if (!this.#accumulators.has(accumulator.id as number))
      throw new FiresteelError(
        'INVALID_ARGUMENT',
        `${accumulatorTitle(accumulator)} was made by another context. Make it with the context that runs the job.`,
      );
  }

  merge({ id, state }: AccumulatorUpdate): NamedAccumulator | undefined {
    const accumulator = this.#accumulators.get(id)?.deref();
    if (accumulator === undefined) return undefined;
    const fields = decodeValue(state) as Record<string, unknown>;
    return described(accumulator, mergeAccumulatorState(accumulator, fields));
  }

  current(id: number): NamedAccumulator | undefined {
    const accumulator = this.#accumulators.get(id)?.deref();
    return accumulator && described(accumulator, accumulator);
  }
}

function described(
  { id, name }: AnyAccumulator,
  { value }: AnyAccumulator,
): NamedAccumulator | undefined {
  return id === undefined || name === undefined ? undefined : { id, name, value };
}

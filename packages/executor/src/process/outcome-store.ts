import { encodeValue } from '@firesteel/codec';
import type { TaskOutcome } from '@firesteel/plan';

/** What tasks ended with, too large for messages, until the driver has read it. */
export class OutcomeStore {
  readonly #outcomes = new Map<number, Uint8Array>();

  keep(taskId: number, outcome: TaskOutcome): void {
    this.#outcomes.set(taskId, encodeValue(outcome));
  }

  find(taskId: number): Uint8Array | undefined {
    return this.#outcomes.get(taskId);
  }

  forget(taskId: number): void {
    this.#outcomes.delete(taskId);
  }
}

/** The bytes that an outcome takes in a message, apart from some for its structure. */
export function outcomeBytes(outcome: TaskOutcome): number {
  if (outcome.kind === 'exception') return outcome.error.length;
  if (outcome.kind !== 'success') return 0;
  const { result, mapOutput, accumulators = [] } = outcome;
  const states = accumulators.reduce((sum, { state }) => sum + state.length, 0);
  return states + (result?.length ?? 0) + (mapOutput?.offsets.byteLength ?? 0);
}

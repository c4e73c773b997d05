import type { StageProgressEvents } from '@firesteel/common';

/** A source of events that a test fires by hand. */
export class FakeEvents implements StageProgressEvents {
  readonly #listeners: [string, (event: never) => void][] = [];

  on(kind: string, listener: (event: never) => void): void {
    this.#listeners.push([kind, listener]);
  }

  emit(kind: string, event: object): void {
    for (const [wanted, listener] of this.#listeners) {
      if (wanted === kind) listener(event as never);
    }
  }
}

/** A task that ended; successful and without rows unless told otherwise. */
export function taskEnd(given: {
  stageId: number;
  outcome?: string;
  rowsRead?: number;
  bytesRead?: number;
  shuffleRowsRead?: number;
  diskBytesSpilled?: number;
}): object {
  const { stageId, outcome = 'success', ...metrics } = given;
  const zero = {
    rowsRead: 0,
    bytesRead: 0,
    shuffleRowsRead: 0,
    shuffleBytesRead: 0,
    shuffleBlockBytesRead: 0,
    diskBytesSpilled: 0,
  };
  return { stageId, outcome, metrics: { ...zero, ...metrics } };
}

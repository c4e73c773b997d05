import { FiresteelError } from '@firesteel/common';
import type { BroadcastPayload, SchedulerBackend, StageProgram } from '@firesteel/plan';

/** The broadcasts that jobs may use, encoded. */
export class BroadcastRegistry {
  readonly #backend: SchedulerBackend;
  readonly #payloads = new Map<number, BroadcastPayload>();

  constructor(backend: SchedulerBackend) {
    this.#backend = backend;
  }

  add(payload: BroadcastPayload): void {
    this.#payloads.set(payload.id, payload);
    this.#backend.addBroadcast(payload);
  }

  /** Frees the copies of executors; the next task that needs it brings it back. */
  unpersist(id: number): void {
    const payload = this.#payloads.get(id);
    if (payload === undefined) return;
    this.#backend.removeBroadcast(id);
    this.#backend.addBroadcast(payload);
  }

  /** Forgets it for good. */
  destroy(id: number): void {
    if (this.#payloads.delete(id)) this.#backend.removeBroadcast(id);
  }

  /** @throws FiresteelError BROADCAST_DESTROYED when a task of the program could not run */
  assertKnown({ broadcasts }: StageProgram): void {
    for (const id of broadcasts) if (!this.#payloads.has(id)) throw broadcastDestroyed(id);
  }
}

function broadcastDestroyed(id: number): FiresteelError {
  return new FiresteelError(
    'BROADCAST_DESTROYED',
    `Broadcast ${id} was destroyed, but a task that has to run needs its value. ` +
      'Await the jobs that use it first, or free its memory with unpersist(): it then comes back when it is needed.',
    { data: { broadcastId: id } },
  );
}

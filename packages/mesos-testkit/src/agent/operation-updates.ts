import type { OperationStatus } from '@firesteel/mesos-protocol';
import type { Timers } from '../clock.js';
import { hex, uuidBytes } from '../messages.js';
import type { Timings } from '../timings.js';

interface Pending {
  readonly frameworkId: string;
  readonly status: OperationStatus;
  cancelRetry: () => void;
}

/** Tells frameworks of finished operations until they acknowledge it. */
export class OperationUpdates {
  readonly #pending = new Map<string, Pending>();
  readonly #timers: Timers;
  readonly #timings: Timings;
  readonly #forward: (frameworkId: string, status: OperationStatus) => void;

  constructor(
    timers: Timers,
    timings: Timings,
    forward: (frameworkId: string, status: OperationStatus) => void,
  ) {
    this.#timers = timers;
    this.#timings = timings;
    this.#forward = forward;
  }

  finish(frameworkId: string, operationId: string, agentId: string): void {
    const pending: Pending = {
      frameworkId,
      status: {
        operation_id: { value: operationId },
        state: 'OPERATION_FINISHED',
        uuid: { value: uuidBytes() },
        agent_id: { value: agentId },
      },
      cancelRetry: () => {},
    };
    this.#pending.set(operationId, pending);
    this.#send(pending, this.#timings.updateRetryMinMs);
  }

  acknowledge(operationId: string, uuid: Uint8Array): void {
    const pending = this.#pending.get(operationId);
    if (pending === undefined || hex(pending.status.uuid!.value) !== hex(uuid)) return;
    pending.cancelRetry();
    this.#pending.delete(operationId);
  }

  resendAll(): void {
    for (const pending of this.#pending.values()) {
      pending.cancelRetry();
      this.#send(pending, this.#timings.updateRetryMinMs);
    }
  }

  #send(pending: Pending, retryMs: number): void {
    this.#forward(pending.frameworkId, pending.status);
    pending.cancelRetry = this.#timers.after(retryMs, () =>
      this.#send(pending, Math.min(retryMs * 2, this.#timings.updateRetryMaxMs)),
    );
  }
}

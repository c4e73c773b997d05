import type { TaskStatus } from '@firesteel/mesos-protocol';
import type { Timers } from '../clock.js';
import { hex, isTerminal } from '../messages.js';
import type { Timings } from '../timings.js';

interface UpdateStream {
  readonly frameworkId: string;
  readonly taskId: string;
  /** Not yet acknowledged by the scheduler, oldest first; only the first is on its way. */
  readonly queue: TaskStatus[];
  /** The uuids of all updates there ever were, to recognise repetitions. */
  readonly seen: Set<string>;
  cancelRetry: () => void;
}

/**
 * Delivers status updates reliably: one queue per task, each update again and again until the
 * scheduler acknowledges it, only then the next.
 */
export class StatusUpdates {
  readonly #streams = new Map<string, UpdateStream>();
  readonly #forward: (frameworkId: string, status: TaskStatus) => void;
  readonly #timings: Timings;
  #timers: Timers;

  constructor(
    timers: Timers,
    timings: Timings,
    forward: (frameworkId: string, status: TaskStatus) => void,
  ) {
    this.#timers = timers;
    this.#timings = timings;
    this.#forward = forward;
  }

  /** Takes an update over; one with a uuid that was there before changes nothing. */
  add(frameworkId: string, status: TaskStatus): void {
    const taskId = status.task_id.value;
    const key = keyOf(frameworkId, taskId);
    const stream: UpdateStream = this.#streams.get(key) ?? {
      frameworkId,
      taskId,
      queue: [],
      seen: new Set(),
      cancelRetry: () => {},
    };
    this.#streams.set(key, stream);
    const uuid = hex(status.uuid!);
    if (stream.seen.has(uuid)) return;
    stream.seen.add(uuid);
    stream.queue.push(status);
    if (stream.queue.length === 1) this.#send(stream, this.#timings.updateRetryMinMs);
  }

  /** The update that was acknowledged; undefined if it was not the outstanding one. */
  acknowledge(frameworkId: string, taskId: string, uuid: Uint8Array): TaskStatus | undefined {
    const stream = this.#streams.get(keyOf(frameworkId, taskId));
    const outstanding = stream?.queue[0];
    if (stream === undefined || outstanding === undefined) return undefined;
    if (hex(outstanding.uuid!) !== hex(uuid)) return undefined;
    stream.cancelRetry();
    stream.queue.shift();
    if (stream.queue.length > 0) this.#send(stream, this.#timings.updateRetryMinMs);
    else if (isTerminal(outstanding.state)) this.#streams.delete(keyOf(frameworkId, taskId));
    return outstanding;
  }

  /** The state and uuid that the scheduler has been told last. */
  outstanding(frameworkId: string, taskId: string): TaskStatus | undefined {
    return this.#streams.get(keyOf(frameworkId, taskId))?.queue[0];
  }

  /** Sends every outstanding update at once, and starts its waiting afresh. */
  resendAll(): void {
    for (const stream of this.#streams.values()) {
      if (stream.queue.length === 0) continue;
      stream.cancelRetry();
      this.#send(stream, this.#timings.updateRetryMinMs);
    }
  }

  forget(frameworkId: string): void {
    for (const [key, stream] of this.#streams) {
      if (stream.frameworkId !== frameworkId) continue;
      stream.cancelRetry();
      this.#streams.delete(key);
    }
  }

  /** Takes over the queues of an agent process that died, for the frameworks that are on disk. */
  adopt(previous: StatusUpdates, frameworkIds: ReadonlySet<string>): void {
    for (const [key, stream] of previous.#streams) {
      if (frameworkIds.has(stream.frameworkId)) this.#streams.set(key, stream);
    }
  }

  #send(stream: UpdateStream, retryMs: number): void {
    this.#forward(stream.frameworkId, stream.queue[0]!);
    stream.cancelRetry = this.#timers.after(retryMs, () =>
      this.#send(stream, Math.min(retryMs * 2, this.#timings.updateRetryMaxMs)),
    );
  }
}

const keyOf = (frameworkId: string, taskId: string): string => `${frameworkId} ${taskId}`;

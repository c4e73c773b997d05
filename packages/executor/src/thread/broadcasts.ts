import { registerReviver, reviveValue } from '@firesteel/closure/executor';
import { FiresteelError } from '@firesteel/common';
import type { BroadcastPayload } from '@firesteel/plan';

/** What functions see of a broadcast in a task. */
export class TaskBroadcast {
  #value: unknown;
  #isLoaded = false;

  constructor(readonly id: number) {}

  get value(): unknown {
    if (this.#isLoaded) return this.#value;
    throw new FiresteelError(
      'BROADCAST_DESTROYED',
      `Broadcast ${this.id} is not in this thread any more: its value was read after the task that needed it had ended.`,
      { data: { broadcastId: this.id } },
    );
  }

  unpersist(): never {
    throw driverOnly('unpersist', this.id);
  }

  destroy(): never {
    throw driverOnly('destroy', this.id);
  }

  /** For the thread only. */
  static load(broadcast: TaskBroadcast, value: unknown): void {
    broadcast.#value = value;
    broadcast.#isLoaded = true;
  }

  /** For the thread only. */
  static unload(broadcast: TaskBroadcast): void {
    broadcast.#value = undefined;
    broadcast.#isLoaded = false;
  }
}

function driverOnly(method: string, id: number): FiresteelError {
  return new FiresteelError(
    'DRIVER_ONLY',
    `${method}() of broadcast ${id} was called in a task. Call it on the driver, after the action.`,
    { data: { method, broadcastId: id } },
  );
}

/** The broadcasts of a thread: each decoded once, before the first task whose program names it. */
export class ThreadBroadcasts {
  readonly #payloads = new Map<number, BroadcastPayload>();
  readonly #loaded = new Map<number, TaskBroadcast>();
  /** One object for each id, so that a function which captures it is the same in each job. */
  readonly #known = new Map<number, WeakRef<TaskBroadcast>>();
  readonly #forget = new FinalizationRegistry<number>((id) => {
    if (this.#known.get(id)?.deref() === undefined) this.#known.delete(id);
  });
  /** Removed by the driver, but perhaps in use by tasks that it launched before. */
  readonly #removed = new Set<number>();

  constructor() {
    registerReviver('broadcast', (id) => this.#broadcast(id as number));
  }

  add(payload: BroadcastPayload): void {
    this.#payloads.set(payload.id, payload);
    this.#removed.delete(payload.id);
  }

  remove(id: number): void {
    this.#removed.add(id);
  }

  /** Frees what was removed; to be called when no task runs or waits. */
  dropRemoved(): void {
    for (const id of this.#removed) {
      this.#payloads.delete(id);
      const broadcast = this.#loaded.get(id);
      if (broadcast !== undefined) TaskBroadcast.unload(broadcast);
      this.#loaded.delete(id);
    }
    this.#removed.clear();
  }

  areLoaded(ids: readonly number[]): boolean {
    return ids.every((id) => this.#loaded.has(id));
  }

  async load(ids: readonly number[]): Promise<void> {
    for (const id of ids) {
      if (this.#loaded.has(id)) continue;
      const payload = this.#payloads.get(id);
      if (payload === undefined)
        throw new FiresteelError('INTERNAL', `Broadcast ${id} is not known to this thread.`);
      const value = await reviveValue(payload.parts);
      const broadcast = this.#broadcast(id);
      TaskBroadcast.load(broadcast, value);
      this.#loaded.set(id, broadcast);
    }
  }

  #broadcast(id: number): TaskBroadcast {
    const known = this.#loaded.get(id) ?? this.#known.get(id)?.deref();
    if (known !== undefined) return known;
    const broadcast = new TaskBroadcast(id);
    this.#known.set(id, new WeakRef(broadcast));
    this.#forget.register(broadcast, id);
    return broadcast;
  }
}

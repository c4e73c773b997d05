import { FiresteelError } from '@firesteel/common';
import { type ClosureCarriage, type ClosureRefusal, closureTag } from '@firesteel/plan';
import type { Engine } from './engine.js';

let nextId = 0;

/**
 * A value that functions of any job may read, sent to each executor process once instead of with
 * each job. Made by `sc.broadcast`.
 *
 * Treat the value as read-only. It is not frozen, because frozen arrays of numbers are several
 * times slower to read; what a task changes in it is seen by later tasks of the same thread, and
 * changes of large typed arrays by all threads of the process.
 *
 * @example
 * const names = sc.broadcast(new Map([['de', 'Germany'], ['fr', 'France']]));
 * const named = codes.map((code) => names.value.get(code));
 */
export class Broadcast<out T> {
  /** Unique in the process. */
  readonly id: number;
  readonly #engine: Engine;
  #value: T | undefined;
  #isDestroyed = false;

  /** Broadcasts are made by a context. */
  constructor(engine: Engine, value: T) {
    this.#engine = engine;
    this.id = nextId++;
    this.#value = value;
  }

  /**
   * In a task: the value as it was when `sc.broadcast` was called, decoded once in each thread.
   * On the driver: the very value that was given.
   *
   * @throws FiresteelError BROADCAST_DESTROYED after `destroy`
   */
  get value(): T {
    this.#assertLive('value');
    return this.#value as T;
  }

  /**
   * Frees the copies that executors hold. The driver keeps the value: the next task that needs it
   * brings it back. Tasks that run are not disturbed. Driver only.
   *
   * @throws FiresteelError BROADCAST_DESTROYED after `destroy`, DRIVER_ONLY in a task
   */
  unpersist(): void {
    this.#assertLive('unpersist');
    this.#engine.unpersistBroadcast(this.id);
  }

  /**
   * Frees the value everywhere, for good. Afterwards a job with a function that captures this
   * broadcast is refused with BROADCAST_DESTROYED, also where the function stands in the lineage
   * of a cached RDD, which may have to be computed again: use `unpersist` there. Further calls do
   * nothing. A broadcast that nothing refers to any more is freed by itself. Driver only.
   *
   * @throws FiresteelError DRIVER_ONLY in a task
   */
  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#value = undefined;
    this.#engine.destroyBroadcast(this.id);
  }

  /** Such as `Broadcast(3)`. */
  toString(): string {
    return `Broadcast(${this.id})`;
  }

  get [closureTag](): ClosureCarriage | ClosureRefusal {
    if (!this.#isDestroyed) return { kind: 'carry', type: 'broadcast', data: this.id };
    return {
      kind: 'refuse',
      what: 'a destroyed broadcast',
      advice: `Broadcast ${this.id} has no value any more; free its memory with unpersist() as long as jobs use it.`,
      code: 'BROADCAST_DESTROYED',
    };
  }

  #assertLive(member: string): void {
    if (this.#isDestroyed)
      throw new FiresteelError(
        'BROADCAST_DESTROYED',
        `${member} of broadcast ${this.id} was used after destroy(). Make a new one with sc.broadcast(value).`,
        { data: { broadcastId: this.id } },
      );
  }
}

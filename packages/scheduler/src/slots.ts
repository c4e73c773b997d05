import type { BlockHolder } from './cache-tracker.js';
import { FreeSlots } from './free-slots.js';
import type { Slot } from './placement.js';

/** Slots that came and went. */
export interface SlotChanges {
  /** Those that are there now, in ascending order. */
  readonly ids: readonly number[];
  /** Slots and executors that went. */
  readonly gone: readonly BlockHolder[];
}

/** The slots of all executors: which there are, where they are, and which of them have room. */
export class Slots {
  readonly free = new FreeSlots();
  readonly #slots = new Map<number, Slot>();
  /** By executor. */
  readonly #hosts = new Map<string, string>();
  #ids: readonly number[] = [];
  #gone: BlockHolder[] = [];
  #haveChanged = false;

  get size(): number {
    return this.#slots.size;
  }

  /** In ascending order, as of the last `takeChanges`. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  get byId(): ReadonlyMap<number, Slot> {
    return this.#slots;
  }

  get(id: number): Slot | undefined {
    return this.#slots.get(id);
  }

  hostOf(holder: BlockHolder): string | undefined {
    return typeof holder === 'string' ? this.#hosts.get(holder) : this.#slots.get(holder)?.host;
  }

  /** Costs a step for each slot. */
  ofExecutor(executorId: string): number[] {
    const slots = [...this.#slots.values()].filter((slot) => slot.executorId === executorId);
    return slots.map(({ id }) => id);
  }

  /** Adds an idle slot that takes tasks. No effect if it is there. */
  add(id: number, executorId: string, host: string, nowMs: number): void {
    if (this.#slots.has(id)) return;
    const slot = { id, executorId, host, isOpen: true, idleSinceMs: nowMs, tasks: new Map() };
    this.#slots.set(id, slot);
    this.#hosts.set(executorId, host);
    this.free.offer(slot);
    this.#haveChanged = true;
  }

  close(id: number): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    slot.isOpen = false;
    this.free.delete(slot);
  }

  /** The slot may have room for a task now. */
  freed(slot: Slot, nowMs: number): void {
    if (slot.tasks.size === 0) slot.idleSinceMs = nowMs;
    if (slot.isOpen) this.free.offer(slot);
  }

  /** The slot is gone; gives it, if it was there. */
  remove(id: number): Slot | undefined {
    const slot = this.#slots.get(id);
    this.forgetHolders([id]);
    if (slot === undefined) return undefined;
    this.#slots.delete(id);
    this.free.delete(slot);
    return slot;
  }

  /** The executor is gone; its slots are removed one by one. */
  removeExecutor(executorId: string): void {
    this.#hosts.delete(executorId);
    this.forgetHolders([executorId]);
  }

  /** Nothing that waits is to prefer these. */
  forgetHolders(holders: readonly BlockHolder[]): void {
    this.#gone.push(...holders);
    this.#haveChanged = true;
  }

  /** What has changed since the last call; undefined if nothing has. */
  takeChanges(): SlotChanges | undefined {
    if (!this.#haveChanged) return undefined;
    this.#haveChanged = false;
    const gone = this.#gone;
    this.#gone = [];
    this.#ids = [...this.#slots.keys()].sort((a, b) => a - b);
    return { ids: this.#ids, gone };
  }
}

import { FiresteelError } from '@firesteel/common';
import { EXECUTOR_PROTOCOL, type RegisterExecutor } from '@firesteel/plan';
import type { RpcConnection } from '@firesteel/rpc';
import { ExecutorHandle } from './executor-handle.js';

/** The executors that are there, and which slots and tasks belong to which of them. */
export class ExecutorRegistry {
  readonly #executors = new Map<string, ExecutorHandle>();
  /** Ids of executors that were lost: what comes late of one is of no use. */
  readonly #lost = new Set<string>();
  readonly #slotOwners = new Map<number, ExecutorHandle>();
  readonly #taskOwners = new Map<number, ExecutorHandle>();
  #nextSlot = 0;
  #cores = 0;

  get size(): number {
    return this.#executors.size;
  }

  /** Of all executors together. */
  get cores(): number {
    return this.#cores;
  }

  get slotCount(): number {
    return this.#slotOwners.size;
  }

  values(): Iterable<ExecutorHandle> {
    return this.#executors.values();
  }

  get(executorId: string): ExecutorHandle | undefined {
    return this.#executors.get(executorId);
  }

  isLost(executorId: string): boolean {
    return this.#lost.has(executorId);
  }

  /** @throws FiresteelError INVALID_ARGUMENT if it speaks another protocol, or its id was used */
  add(registration: RegisterExecutor, connection: RpcConnection, nowMs: number): ExecutorHandle {
    const { protocol, address } = registration;
    const { executorId } = address;
    if (protocol !== EXECUTOR_PROTOCOL)
      throw refusal(
        registration,
        `it speaks version ${protocol} of the executor protocol, the driver ${EXECUTOR_PROTOCOL}`,
      );
    if (this.#executors.has(executorId) || this.#lost.has(executorId))
      throw refusal(registration, 'another executor has had this id');
    const executor = new ExecutorHandle(registration, connection, nowMs);
    this.#executors.set(executorId, executor);
    this.#cores += executor.cores;
    return executor;
  }

  /** Notes that it is lost, if it ever comes; gives it, if it was there. */
  remove(executorId: string): ExecutorHandle | undefined {
    this.#lost.add(executorId);
    const executor = this.#executors.get(executorId);
    if (executor === undefined) return undefined;
    this.#executors.delete(executorId);
    this.#cores -= executor.cores;
    for (const slot of executor.slotNumbers.keys()) this.#slotOwners.delete(slot);
    for (const taskId of executor.tasks) this.#taskOwners.delete(taskId);
    return executor;
  }

  /** Gives a slot of an executor a number among those of all. */
  addSlot(executor: ExecutorHandle, ownSlot: number): number {
    const slot = this.#nextSlot++;
    executor.slots.set(ownSlot, slot);
    executor.slotNumbers.set(slot, ownSlot);
    this.#slotOwners.set(slot, executor);
    return slot;
  }

  /** The number that the slot had; undefined if it had none. */
  removeSlot(executor: ExecutorHandle, ownSlot: number): number | undefined {
    const slot = executor.slots.get(ownSlot);
    if (slot === undefined) return undefined;
    executor.slots.delete(ownSlot);
    executor.slotNumbers.delete(slot);
    this.#slotOwners.delete(slot);
    return slot;
  }

  ofSlot(slot: number): ExecutorHandle | undefined {
    return this.#slotOwners.get(slot);
  }

  addTask(executor: ExecutorHandle, taskId: number): void {
    executor.tasks.add(taskId);
    this.#taskOwners.set(taskId, executor);
  }

  removeTask(executor: ExecutorHandle, taskId: number): void {
    this.#taskOwners.delete(taskId);
    executor.endTask(taskId);
  }

  /** Tasks by the executors that have them. */
  ofTasks(taskIds: readonly number[]): ReadonlyMap<ExecutorHandle, readonly number[]> {
    const groups = new Map<ExecutorHandle, number[]>();
    for (const taskId of taskIds) {
      const executor = this.#taskOwners.get(taskId);
      if (executor === undefined) continue;
      const ids = groups.get(executor);
      if (ids === undefined) groups.set(executor, [taskId]);
      else ids.push(taskId);
    }
    return groups;
  }
}

/** What an executor is told that may not come. */
export function refusal(
  { address: { executorId }, nodeVersion }: RegisterExecutor,
  reason: string,
): FiresteelError {
  return new FiresteelError(
    'INVALID_ARGUMENT',
    `Executor ${executorId} (Node ${nodeVersion}) was refused: ${reason}.`,
    { data: { executorId } },
  );
}

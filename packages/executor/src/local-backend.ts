import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { raiseInliningLimits } from '@firesteel/common';
import type { BlockCompression } from '@firesteel/io';
import {
  type BackendEvent,
  type BlockUpdate,
  type CachedBlockId,
  DeliveringBackend,
  Received,
  type Removal,
  type SchedulerBackend,
  StorageLevel,
  type StorageLevelName,
  type TaskDescription,
  type TaskOutcome,
} from '@firesteel/plan';
import type { MapOutputStore } from './map-output-store.js';
import { MemoryWatch } from './memory-watch.js';
import { type ExecutorMemory, ProcessStorage } from './process-storage.js';
import { TaskReaper } from './task-reaper.js';
import type { FetchBlocks } from './thread/fetch-messages.js';
import type { ThreadCommand, ThreadFiles, ThreadReport } from './thread/messages.js';
import { createWorkerPool, type WorkerPool } from './worker-pool.js';

export interface LocalBackendOptions {
  /** Threads, each of which runs one task at a time. */
  readonly slots: number;
  readonly memory: ExecutorMemory;
  /** Directories in which the application gets one of its own, for all that goes to disk. */
  readonly localDirs: readonly string[];
  /** Of map outputs and spilled data on disk. */
  readonly compression: BlockCompression;
  /** How long a killed task may take to stop; as long as it likes when absent. */
  readonly reapAfterMs?: number;
  /** Told of a killed task that cannot be stopped in this process. */
  readonly onUnstoppable?: (reason: string) => void;
  /** How threads get map outputs of other executors; absent where there are no others. */
  readonly fetchBlocks?: FetchBlocks;
  readonly files: ThreadFiles;
  /** Of a message between tasks of a barrier stage; any size when absent. */
  readonly maxBarrierMessageBytes?: number;
  /** Of what a task ends with; 0 for any size. */
  readonly maxResultBytes: number;
  /** Where map outputs go that a shuffle service keeps; absent without one. */
  readonly outputDirectory?: string;
}

/** The name of the driver's own process as an executor. */
const LOCAL_EXECUTOR_ID = 'driver';

/** A live thread and what it has been told. */
interface Slot {
  readonly id: number;
  readonly port: MessagePort;
  readonly urgent: Int32Array;
  readonly received: Received;
  /** Its number in the memory budget, which its successor gets when it dies. */
  readonly thread: number;
  /** Set as soon as it has one. */
  terminate?: () => void;
  /** Why its thread was ended on purpose. */
  endReason?: string;
}

/** Runs tasks on worker threads of this process. */
export class LocalBackend extends DeliveringBackend<Slot> implements SchedulerBackend {
  readonly tasksPerSlot = 1;
  readonly maxTasksPerSlot = 128;
  readonly maxSlots: number;
  private readonly slots = new Map<number, Slot>();
  private readonly taskSlots = new Map<number, Slot>();
  private onEvent: (event: BackendEvent) => void = () => {};
  private pool: WorkerPool | undefined;
  private nextSlotId = 0;
  private isStopped = false;
  private readonly storage: ProcessStorage;
  private readonly memoryWatch: MemoryWatch;
  private readonly reaper: TaskReaper | undefined;

  constructor(private readonly options: LocalBackendOptions) {
    super();
    const { slots, memory, localDirs, compression, outputDirectory } = options;
    this.maxSlots = slots;
    const { reapAfterMs } = options;
    if (reapAfterMs !== undefined) this.reaper = this.createReaper(reapAfterMs);
    const report = (update: BlockUpdate) => {
      const slot = this.slots.keys().next().value;
      if (slot !== undefined) this.onEvent({ kind: 'blockUpdated', slot, update });
    };
    const places = { localDirs, outputDirectory };
    this.storage = new ProcessStorage(slots, memory, places, compression, report);
    const isBusy = () => this.taskSlots.size > 0;
    this.memoryWatch = new MemoryWatch(memory, this.storage.budget, isBusy);
  }

  async start(onEvent: (event: BackendEvent) => void): Promise<void> {
    raiseInliningLimits();
    this.onEvent = onEvent;
    this.pool = createWorkerPool(this.options.slots, this.options.memory.threadHeap);
    onEvent({
      kind: 'executorAdded',
      executorId: LOCAL_EXECUTOR_ID,
      host: 'localhost',
      cores: this.options.slots,
      logUrls: {},
    });
    for (let thread = 0; thread < this.options.slots; thread++) this.addSlot(this.pool, thread);
  }

  private addSlot(pool: WorkerPool, thread: number): void {
    const { port1, port2 } = new MessageChannel();
    const slot: Slot = {
      id: this.nextSlotId++,
      port: port1,
      urgent: new Int32Array(new SharedArrayBuffer(4)),
      received: new Received(),
      thread,
    };
    port1.on('message', (reports: ThreadReport[]) => this.onReports(slot, reports));
    // A waiting thread alone must not keep the process alive; a running task does (see launch).
    port1.unref();
    this.slots.set(slot.id, slot);
    const {
      files,
      maxResultBytes,
      maxBarrierMessageBytes = Number.POSITIVE_INFINITY,
    } = this.options;
    const { ended, terminate } = pool.runThread({
      port: port2,
      urgent: slot.urgent,
      storage: this.storage.ofThread(thread),
      files,
      maxBarrierMessageBytes,
      maxResultBytes,
    });
    slot.terminate = terminate;
    ended.catch((error: unknown) => this.onThreadDeath(slot, error));
    this.onEvent({
      kind: 'slotAdded',
      slot: slot.id,
      executorId: LOCAL_EXECUTOR_ID,
      host: 'localhost',
    });
  }

  private onThreadDeath(slot: Slot, error: unknown): void {
    if (this.isStopped || this.pool === undefined) return;
    slot.port.close();
    this.slots.delete(slot.id);
    this.storage.forgetThread(slot.thread);
    for (const [taskId, owner] of this.taskSlots) {
      if (owner !== slot) continue;
      this.taskSlots.delete(taskId);
      this.reaper?.ended(taskId);
    }
    const loss = slot.endReason === undefined ? lossOf(error) : { reason: slot.endReason };
    this.onEvent({ kind: 'slotLost', slot: slot.id, ...loss });
    this.addSlot(this.pool, slot.thread);
  }

  private onReports(from: Slot, reports: readonly ThreadReport[]): void {
    for (const report of reports) {
      switch (report.kind) {
        case 'started':
          this.onEvent({ kind: 'taskStarted', taskId: report.taskId });
          break;
        case 'ended':
          this.endTask(from, report.taskId, report.outcome);
          break;
        case 'barrierSync':
          this.onEvent(report);
          break;
        case 'fetch':
          void this.fetch(from, report);
          break;
        case 'block':
          this.onEvent({ kind: 'blockUpdated', slot: from.id, update: report.update });
          break;
        case 'evictedOthers':
          this.letGo();
          break;
        default:
          this.storage.receive(report);
      }
    }
  }

  private async fetch(
    slot: Slot,
    { fetchId, requests }: Extract<ThreadReport, { kind: 'fetch' }>,
  ): Promise<void> {
    const { fetchBlocks } = this.options;
    if (fetchBlocks === undefined) throw new Error('there are no executors to fetch blocks from');
    const result = await fetchBlocks(requests);
    this.sendUrgent(slot, { kind: 'fetched', fetchId, result });
  }

  /** The map outputs of this process. */
  get outputs(): MapOutputStore {
    return this.storage.outputs;
  }

  override removeShuffle(shuffleId: number): void {
    super.removeShuffle(shuffleId);
    this.outputs.remove(shuffleId);
  }

  private endTask(from: Slot, taskId: number, outcome: TaskOutcome): void {
    if (outcome.kind === 'success' && outcome.mapOutput !== undefined)
      this.outputs.keep(outcome.mapOutput, from.thread);
    const slot = this.taskSlots.get(taskId);
    this.taskSlots.delete(taskId);
    this.reaper?.ended(taskId);
    this.onEvent({ kind: 'taskEnded', taskId, outcome });
    if (this.taskSlots.size === 0) for (const { port } of this.slots.values()) port.unref();
    else slot?.port.ref();
  }

  /** Whoever keeps blocks that were evicted has to drop them. */
  private letGo(): void {
    const threads = this.storage.letGo();
    for (const slot of this.slots.values())
      if (threads.includes(slot.thread)) this.send(slot, [{ kind: 'letGo' }]);
  }

  /** A cached partition that all threads can read; undefined if it is not there. */
  cachedBlock(id: CachedBlockId): Promise<Uint8Array[] | undefined> {
    return this.storage.read(id);
  }

  /** Keeps a copy of a cached partition of another process, in shared memory of its own. */
  async adoptBlock(
    rddId: number,
    partition: number,
    level: StorageLevelName,
    blocks: readonly Uint8Array[],
  ): Promise<void> {
    await this.storage.adopt(rddId, partition, StorageLevel[level], blocks);
    this.letGo();
  }

  removeCachedRdd(id: number): void {
    this.storage.removeRdd(id);
    for (const slot of this.slots.values())
      this.send(slot, [{ kind: 'remove', what: 'cachedRdd', id }]);
  }

  launch(slotId: number, tasks: readonly TaskDescription[]): void {
    const slot = this.slots.get(slotId);
    if (slot === undefined) return;
    const commands: ThreadCommand[] = [];
    for (const task of tasks) {
      this.taskSlots.set(task.taskId, slot);
      commands.push(...this.missing(slot, task.programId));
    }
    const lent = tasks.map(({ cachedBlocks }) => this.storage.lend(cachedBlocks));
    commands.push({ kind: 'tasks', tasks, lent });
    slot.port.ref();
    this.memoryWatch.wake();
    this.send(slot, commands);
  }

  protected override receivers(): Iterable<Slot> {
    return this.slots.values();
  }

  protected override sendRemoval(slot: Slot, removal: Removal): void {
    this.send(slot, [removal]);
  }

  releaseBarrier(taskIds: readonly number[], messages: readonly string[]): void {
    for (const taskId of taskIds) {
      const slot = this.taskSlots.get(taskId);
      if (slot !== undefined) this.send(slot, [{ kind: 'barrierRelease', taskId, messages }]);
    }
  }

  kill(taskIds: readonly number[]): void {
    const bySlot = new Map<Slot, number[]>();
    for (const taskId of taskIds) {
      const slot = this.taskSlots.get(taskId);
      if (slot === undefined) continue;
      this.reaper?.killed(taskId);
      const ids = bySlot.get(slot);
      if (ids === undefined) bySlot.set(slot, [taskId]);
      else ids.push(taskId);
    }
    for (const [slot, ids] of bySlot) this.sendUrgent(slot, { kind: 'kill', taskIds: ids });
  }

  private createReaper(timeoutMs: number): TaskReaper {
    const reason = `its task was killed and did not stop within ${timeoutMs} ms`;
    return new TaskReaper(timeoutMs, {
      // Tasks of a slot run in the order in which they were launched.
      isRunning: (taskId) => {
        const slot = this.taskSlots.get(taskId);
        for (const [first, owner] of this.taskSlots) if (owner === slot) return first === taskId;
        return false;
      },
      replaceThread: (taskId) => {
        const slot = this.taskSlots.get(taskId);
        if (slot === undefined) return;
        slot.endReason = reason;
        slot.terminate?.();
      },
      giveUp: () => this.options.onUnstoppable?.(reason),
    });
  }

  /** Sends what a running task must see, and wakes a thread that waits inside of one. */
  private sendUrgent(slot: Slot, command: ThreadCommand): void {
    this.send(slot, [command]);
    Atomics.add(slot.urgent, 0, 1);
    Atomics.notify(slot.urgent, 0);
  }

  private send(slot: Slot, commands: readonly ThreadCommand[]): void {
    slot.port.postMessage(commands);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.reaper?.stop();
    this.memoryWatch.stop();
    for (const slot of this.slots.values()) slot.port.close();
    this.slots.clear();
    await this.pool?.close();
    this.storage.remove();
  }
}

function lossOf(error: unknown): { reason: string; isOutOfMemory?: boolean } {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return { reason: message ?? String(error) };
  const reason =
    'its thread ran out of heap memory; use more partitions, smaller rows, or a larger executor.memory';
  return { reason, isOutOfMemory: true };
}

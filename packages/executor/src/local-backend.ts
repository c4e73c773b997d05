import { setFlagsFromString } from 'node:v8';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type {
  BackendEvent,
  BroadcastPayload,
  MapOutput,
  SchedulerBackend,
  StageProgram,
  TaskDescription,
  TaskOutcome,
} from '@firesteel/plan';
import { type ExecutorMemory, ProcessStorage } from './process-storage.js';
import type { FetchBlocks } from './thread/fetch-messages.js';
import type { ThreadCommand, ThreadReport } from './thread/messages.js';
import { createWorkerPool, type WorkerPool } from './worker-pool.js';

export interface LocalBackendOptions {
  /** Threads, each of which runs one task at a time. */
  readonly slots: number;
  /** Heap limit of a thread in MiB; Node's default when absent. */
  readonly maxHeapMb?: number;
  readonly memory: ExecutorMemory;
  /** Directories in which the application gets one of its own, for cached blocks on disk. */
  readonly localDirs: readonly string[];
  /** How threads get map outputs of other executors; absent where there are no others. */
  readonly fetchBlocks?: FetchBlocks;
}

/** The name of the driver's own process as an executor. */
const LOCAL_EXECUTOR_ID = 'driver';

/** A live thread and what it has been told. */
interface Slot {
  readonly id: number;
  readonly port: MessagePort;
  readonly urgent: Int32Array;
  readonly closureSets: Set<number>;
  readonly programs: Set<number>;
  /** The outputs array that the thread knows for a shuffle; another one makes it stale. */
  readonly shuffles: Map<number, readonly MapOutput[]>;
  readonly broadcasts: Set<number>;
  /** Its number in the memory budget, which its successor gets when it dies. */
  readonly thread: number;
}

/** Runs tasks on worker threads of this process. */
export class LocalBackend implements SchedulerBackend {
  readonly tasksPerSlot = 2;
  readonly maxTasksPerSlot = 128;
  readonly maxSlots: number;
  private readonly slots = new Map<number, Slot>();
  private readonly closureSets = new Map<number, Uint8Array>();
  private readonly programs = new Map<number, StageProgram>();
  private readonly shuffles = new Map<number, readonly MapOutput[]>();
  private readonly broadcasts = new Map<number, BroadcastPayload>();
  private readonly taskSlots = new Map<number, Slot>();
  private onEvent: (event: BackendEvent) => void = () => {};
  private pool: WorkerPool | undefined;
  private nextSlotId = 0;
  private isStopped = false;
  private readonly storage: ProcessStorage;

  constructor(private readonly options: LocalBackendOptions) {
    const { slots, memory, localDirs } = options;
    this.maxSlots = slots;
    this.storage = new ProcessStorage(slots, memory, localDirs, (update) => {
      const slot = this.slots.keys().next().value;
      if (slot !== undefined) this.onEvent({ kind: 'blockUpdated', slot, update });
    });
  }

  async start(onEvent: (event: BackendEvent) => void): Promise<void> {
    raiseInliningLimits();
    this.onEvent = onEvent;
    this.pool = createWorkerPool(this.options.slots, this.options.maxHeapMb);
    for (let thread = 0; thread < this.options.slots; thread++) this.addSlot(this.pool, thread);
  }

  private addSlot(pool: WorkerPool, thread: number): void {
    const { port1, port2 } = new MessageChannel();
    const slot: Slot = {
      id: this.nextSlotId++,
      port: port1,
      urgent: new Int32Array(new SharedArrayBuffer(4)),
      closureSets: new Set(),
      programs: new Set(),
      shuffles: new Map(),
      broadcasts: new Set(),
      thread,
    };
    port1.on('message', (reports: ThreadReport[]) => this.onReports(slot, reports));
    // A waiting thread alone must not keep the process alive; a running task does (see launch).
    port1.unref();
    this.slots.set(slot.id, slot);
    pool
      .runThread({
        port: port2,
        urgent: slot.urgent,
        storage: this.storage.ofThread(thread),
      })
      .catch((error: unknown) => this.onThreadDeath(slot, error));
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
    for (const [taskId, owner] of this.taskSlots) if (owner === slot) this.taskSlots.delete(taskId);
    this.onEvent({ kind: 'slotLost', slot: slot.id, reason: reasonOf(error) });
    this.addSlot(this.pool, slot.thread);
  }

  private onReports(from: Slot, reports: readonly ThreadReport[]): void {
    for (const report of reports) {
      switch (report.kind) {
        case 'started':
          this.onEvent({ kind: 'taskStarted', taskId: report.taskId });
          break;
        case 'ended':
          this.endTask(report.taskId, report.outcome);
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

  private endTask(taskId: number, outcome: TaskOutcome): void {
    const slot = this.taskSlots.get(taskId);
    this.taskSlots.delete(taskId);
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

  addClosureSet(id: number, bytes: Uint8Array): void {
    this.closureSets.set(id, bytes);
  }

  addProgram(program: StageProgram): void {
    this.programs.set(program.id, program);
  }

  setShuffleOutputs(shuffleId: number, outputs: readonly MapOutput[]): void {
    this.shuffles.set(shuffleId, outputs);
  }

  addBroadcast(payload: BroadcastPayload): void {
    this.broadcasts.set(payload.id, payload);
  }

  removeBroadcast(id: number): void {
    this.broadcasts.delete(id);
    for (const slot of this.slots.values())
      if (slot.broadcasts.delete(id)) this.send(slot, [{ kind: 'remove', what: 'broadcast', id }]);
  }

  removeClosureSet(id: number): void {
    this.closureSets.delete(id);
    for (const slot of this.slots.values())
      if (slot.closureSets.delete(id)) this.send(slot, [{ kind: 'remove', what: 'closures', id }]);
  }

  removeProgram(id: number): void {
    this.programs.delete(id);
    for (const slot of this.slots.values())
      if (slot.programs.delete(id)) this.send(slot, [{ kind: 'remove', what: 'program', id }]);
  }

  removeShuffle(id: number): void {
    this.shuffles.delete(id);
    for (const slot of this.slots.values())
      if (slot.shuffles.delete(id)) this.send(slot, [{ kind: 'remove', what: 'shuffle', id }]);
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
      this.provide(slot, task.programId, commands);
    }
    const lent = tasks.map(({ cachedBlocks }) => this.storage.lend(cachedBlocks));
    commands.push({ kind: 'tasks', tasks, lent });
    slot.port.ref();
    this.send(slot, commands);
  }

  /** Adds what the thread still lacks to run a program. */
  private provide(slot: Slot, programId: number, commands: ThreadCommand[]): void {
    const program = this.programs.get(programId);
    if (program === undefined) throw new Error(`program ${programId} was never added`);
    if (!slot.programs.has(programId)) {
      slot.programs.add(programId);
      commands.push({ kind: 'program', program });
    }
    const { closureSetId } = program;
    const bytes = this.closureSets.get(closureSetId);
    if (bytes !== undefined && !slot.closureSets.has(closureSetId)) {
      slot.closureSets.add(closureSetId);
      commands.push({ kind: 'closures', id: closureSetId, bytes });
    }
    for (const broadcastId of program.broadcasts) {
      const payload = this.broadcasts.get(broadcastId);
      if (payload === undefined || slot.broadcasts.has(broadcastId)) continue;
      slot.broadcasts.add(broadcastId);
      commands.push({ kind: 'broadcast', payload });
    }
    for (const shuffleId of shufflesRead(program)) {
      const outputs = this.shuffles.get(shuffleId);
      if (outputs === undefined || slot.shuffles.get(shuffleId) === outputs) continue;
      slot.shuffles.set(shuffleId, outputs);
      commands.push({ kind: 'shuffle', shuffleId, outputs });
    }
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
      const ids = bySlot.get(slot);
      if (ids === undefined) bySlot.set(slot, [taskId]);
      else ids.push(taskId);
    }
    for (const [slot, ids] of bySlot) this.sendUrgent(slot, { kind: 'kill', taskIds: ids });
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
    for (const slot of this.slots.values()) slot.port.close();
    this.slots.clear();
    await this.pool?.close();
    this.storage.remove();
  }
}

const shufflesOf = new WeakMap<StageProgram, readonly number[]>();

/** The shuffles that a program reads, wherever in its pipeline. */
function shufflesRead(program: StageProgram): readonly number[] {
  let ids = shufflesOf.get(program);
  if (ids !== undefined) return ids;
  const found = new Set<number>();
  const pending = [program.pipeline];
  for (let pipeline = pending.pop(); pipeline !== undefined; pipeline = pending.pop()) {
    const { source } = pipeline;
    if (source.kind === 'shuffle') found.add(source.read.shuffleId);
    else if ('inputs' in source) {
      for (const input of source.inputs)
        if (input.kind === 'shuffle') found.add(input.shuffleId);
        else pending.push(input.pipeline);
    } else if ('branches' in source) pending.push(...source.branches);
    else if ('input' in source) pending.push(source.input);
  }
  ids = [...found];
  shufflesOf.set(program, ids);
  return ids;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return 'its thread ran out of heap memory; use more partitions, smaller rows, or a larger executor.memory';
  return message ?? String(error);
}

/**
 * Lets V8 inline a whole chain of user functions into a generated loop: with the default budget
 * eight destructuring closures in a row already cost 25 times as much. Reaches the threads only
 * when set before they start.
 */
function raiseInliningLimits(): void {
  setFlagsFromString('--max-inlined-bytecode-size=100000');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=100000');
}

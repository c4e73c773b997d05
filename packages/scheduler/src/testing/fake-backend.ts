import { FiresteelError } from '@firesteel/common';
import type {
  BackendEvent,
  BroadcastPayload,
  MapOutput,
  SchedulerBackend,
  StageProgram,
  TaskDescription,
  TaskOutcome,
} from '@firesteel/plan';
import { newTotals } from '../task-metrics.js';

interface FakeTask {
  readonly description: TaskDescription;
  readonly slot: number;
  started: boolean;
  killed: boolean;
  /** What the executor would read, resolved when the task starts. */
  inputs: Map<number, readonly MapOutput[]>;
}

/**
 * Slots that run tasks when a test says so. A task computes a number from its place in the lineage
 * and from everything it reads, so a result shows whether all its input was there, once each.
 * Violations of the scheduler's duties throw.
 */
export class FakeBackend implements SchedulerBackend {
  readonly tasksPerSlot: number;
  readonly maxTasksPerSlot: number;
  readonly slots = new Map<number, FakeTask[]>();
  readonly closureSets = new Set<number>();
  readonly broadcasts = new Set<number>();
  readonly programs = new Map<number, StageProgram>();
  readonly shuffles = new Map<number, readonly MapOutput[]>();
  /** Shuffles of which executors hold outputs, from the end of the first task that wrote some. */
  readonly #written = new Set<number>();
  /** Blocks by slot, as `rdd:partition`. */
  readonly cached = new Map<number, Map<string, number>>();
  readonly launches: { readonly slot: number; readonly tasks: readonly TaskDescription[] }[] = [];
  readonly releases: {
    readonly taskIds: readonly number[];
    readonly messages: readonly string[];
  }[] = [];
  readonly maxSlots?: number;
  readonly violations: string[] = [];
  /** Outputs that readers find gone although the scheduler was not told. */
  readonly destroyed = new WeakSet<MapOutput>();
  /** Shuffles whose rows are others in each attempt of their stage. */
  readonly unrepeatable = new Set<number>();
  readonly #values = new WeakMap<MapOutput, number>();
  readonly #mayCopy: boolean;
  readonly #lostExecutors = new Set<string>();
  /** What tasks say that they have taken; short ones are queued in longer lists. */
  runTimeMs = 0;
  stopped = false;
  /** Numbers of waiting tasks, as they were told. */
  readonly waitingTold: number[] = [];
  #onEvent: (event: BackendEvent) => void = () => {};

  constructor(
    options: {
      readonly slots?: number;
      readonly tasksPerSlot?: number;
      readonly maxSlots?: number;
      /** Whether a partition may run on two executors at the same time. */
      readonly speculation?: unknown;
    } = {},
  ) {
    this.#mayCopy = options.speculation !== undefined;
    if (options.maxSlots !== undefined) this.maxSlots = options.maxSlots;
    this.tasksPerSlot = options.tasksPerSlot ?? 2;
    this.maxTasksPerSlot = this.tasksPerSlot + 3;
    for (let slot = 0; slot < (options.slots ?? 2); slot++) this.slots.set(slot, []);
  }

  async start(onEvent: (event: BackendEvent) => void): Promise<void> {
    this.#onEvent = onEvent;
    for (const slot of this.slots.keys()) onEvent(slotAdded(slot));
  }

  waiting(tasks: number): void {
    this.waitingTold.push(tasks);
  }

  addClosureSet(id: number): void {
    this.closureSets.add(id);
  }

  removeClosureSet(id: number): void {
    this.#check(this.closureSets.delete(id), `closure set ${id} removed twice`);
  }

  addProgram(program: StageProgram): void {
    this.#check(!this.programs.has(program.id), `program ${program.id} added twice`);
    this.programs.set(program.id, program);
  }

  removeProgram(programId: number): void {
    this.#check(this.programs.delete(programId), `program ${programId} removed twice`);
  }

  setShuffleOutputs(shuffleId: number, outputs: readonly MapOutput[]): void {
    outputs.forEach((output, index) => {
      this.#check(
        output.shuffleId === shuffleId && output.mapPartition === index,
        `outputs of shuffle ${shuffleId} are out of order`,
      );
    });
    this.shuffles.set(shuffleId, outputs);
  }

  removeShuffle(shuffleId: number): void {
    const wasKnown = this.shuffles.delete(shuffleId);
    const wasWritten = this.#written.delete(shuffleId);
    this.#check(wasKnown || wasWritten, `shuffle ${shuffleId} removed twice`);
  }

  removeCachedRdd(rddId: number): void {
    for (const blocks of this.cached.values()) {
      for (const key of blocks.keys()) if (key.startsWith(`${rddId}:`)) blocks.delete(key);
    }
  }

  addBroadcast({ id }: BroadcastPayload): void {
    this.#check(!this.broadcasts.has(id), `broadcast ${id} added twice`);
    this.broadcasts.add(id);
  }

  removeBroadcast(id: number): void {
    this.#check(this.broadcasts.delete(id), `broadcast ${id} removed twice`);
  }

  launch(slot: number, tasks: readonly TaskDescription[]): void {
    this.launches.push({ slot, tasks });
    const queue = this.slots.get(slot);
    if (queue === undefined) {
      this.violations.push(`launch on lost slot ${slot}`);
      return;
    }
    for (const description of tasks) {
      const program = this.programs.get(description.programId);
      this.#check(program !== undefined, `program ${description.programId} is not there`);
      this.#check(
        program === undefined || this.closureSets.has(program.closureSetId),
        `closure set of program ${description.programId} is not there`,
      );
      for (const id of program?.broadcasts ?? [])
        this.#check(this.broadcasts.has(id), `broadcast ${id} is not there`);
      const twin = this.tasks().find(
        (task) =>
          !(this.#mayCopy && executorOf(task.slot) !== executorOf(slot)) &&
          !task.killed &&
          task.description.programId === description.programId &&
          task.description.partition === description.partition,
      );
      this.#check(twin === undefined, `partition ${description.partition} runs twice`);
      queue.push({ description, slot, started: false, killed: false, inputs: new Map() });
    }
    this.#check(queue.length <= this.maxTasksPerSlot, `slot ${slot} is over capacity`);
  }

  kill(taskIds: readonly number[]): void {
    for (const task of this.tasks()) {
      if (taskIds.includes(task.description.taskId)) task.killed = true;
    }
  }

  releaseBarrier(taskIds: readonly number[], messages: readonly string[]): void {
    this.releases.push({ taskIds, messages });
  }

  async stop(): Promise<void> {
    this.stopped = true;
  }

  tasks(): FakeTask[] {
    return [...this.slots.values()].flat();
  }

  /** Tasks at the front of their slots. */
  heads(): FakeTask[] {
    return [...this.slots.values()].flatMap((queue) => queue.slice(0, 1));
  }

  startTask(task: FakeTask): void {
    if (task.started) return;
    task.started = true;
    const program = this.programs.get(task.description.programId);
    if (program === undefined || task.killed) return;
    for (const shuffleId of this.#reads(program, task)) {
      const outputs = this.shuffles.get(shuffleId);
      if (outputs !== undefined) task.inputs.set(shuffleId, outputs);
    }
    this.#onEvent({ kind: 'taskStarted', taskId: task.description.taskId });
  }

  /** Ends the task with what it computes, or with `outcome`. */
  endTask(task: FakeTask, outcome?: TaskOutcome): void {
    this.startTask(task);
    const queue = this.slots.get(task.slot);
    queue?.splice(queue.indexOf(task), 1);
    const ends = task.killed ? ({ kind: 'killed' } as const) : (outcome ?? this.#compute(task));
    if (ends.kind === 'success' && ends.mapOutput !== undefined)
      this.#written.add(ends.mapOutput.shuffleId);
    this.#onEvent({ kind: 'taskEnded', taskId: task.description.taskId, outcome: ends });
  }

  /** Reports an event as it is, true or not. */
  report(event: BackendEvent): void {
    this.#onEvent(event);
  }

  addSlot(slot: number): void {
    this.slots.set(slot, []);
    this.#onEvent(slotAdded(slot));
  }

  loseSlot(slot: number, reason = 'thread exited'): void {
    this.slots.delete(slot);
    this.cached.delete(slot);
    this.#onEvent({ kind: 'slotLost', slot, reason });
  }

  /** Ends the process of a slot, with its other slots and all of its map outputs. */
  loseExecutorOf(slot: number, reason = 'killed'): void {
    const executorId = executorOf(slot);
    this.#lostExecutors.add(executorId);
    for (const other of [...this.slots.keys()]) {
      if (executorOf(other) !== executorId) continue;
      this.slots.delete(other);
      this.cached.delete(other);
    }
    this.#onEvent({ kind: 'executorLost', executorId, reason });
  }

  #reads(program: StageProgram, task: FakeTask): readonly number[] {
    let { source } = program.pipeline;
    if (source.kind === 'cached') {
      const key = `${source.rddId}:${task.description.partition}`;
      if (this.cached.get(task.slot)?.has(key)) return [];
      source = source.input.source;
    }
    if (source.kind !== 'cogroup') throw new FiresteelError('INTERNAL', source.kind);
    return source.inputs.flatMap((input) => (input.kind === 'shuffle' ? [input.shuffleId] : []));
  }

  #compute(task: FakeTask): TaskOutcome {
    const { programId, partition, stageAttempt } = task.description;
    const program = this.programs.get(programId);
    if (program === undefined) return { kind: 'killed' };
    const { source } = program.pipeline;
    const cachedKey = source.kind === 'cached' ? `${source.rddId}:${partition}` : undefined;
    const blocks = this.cached.get(task.slot) ?? new Map<string, number>();
    let value = cachedKey === undefined ? undefined : blocks.get(cachedKey);
    if (value === undefined) {
      value = partition + 1;
      for (const shuffleId of this.#reads(program, task)) {
        const outputs = task.inputs.get(shuffleId);
        if (outputs === undefined) return fetchFailed(shuffleId, 0, 'unknown');
        for (const output of outputs) {
          const { mapPartition } = output;
          if (this.#isGone(output)) return fetchFailed(shuffleId, mapPartition, 'gone');
          value = mix(value, this.#values.get(output) ?? 0);
        }
      }
      if (source.kind === 'cached' && cachedKey !== undefined) {
        blocks.set(cachedKey, value);
        this.cached.set(task.slot, blocks);
        const { rddId, level } = source;
        const sizes = { memoryBytes: 8, diskBytes: 0 };
        const update = {
          rddId,
          partition,
          level,
          scope: 'slot',
          isStored: true,
          ...sizes,
        } as const;
        this.#onEvent({ kind: 'blockUpdated', slot: task.slot, update });
      }
    }
    const { sink } = program;
    if (sink.kind === 'action') {
      return {
        kind: 'success',
        result: new Uint8Array(new Float64Array([value]).buffer),
        metrics: { ...newTotals(), rowsRead: 1, runTimeMs: this.runTimeMs },
      };
    }
    const address = { executorId: executorOf(task.slot), host: 'localhost', port: 1 };
    const mapOutput: MapOutput = {
      shuffleId: sink.shuffleId,
      mapPartition: partition,
      location: { kind: 'executor', address },
      offsets: new Float64Array([0, 8]),
      rowCount: 1,
    };
    if (this.unrepeatable.has(sink.shuffleId)) value += 1_000_000 * stageAttempt;
    this.#values.set(mapOutput, mix(value, sink.shuffleId));
    return {
      kind: 'success',
      mapOutput,
      metrics: { ...newTotals(), rowsRead: 1, runTimeMs: this.runTimeMs },
    };
  }

  #isGone(output: MapOutput): boolean {
    if (this.destroyed.has(output)) return true;
    const { location } = output;
    return location.kind === 'executor' && this.#lostExecutors.has(location.address.executorId);
  }

  #check(condition: boolean, violation: string): void {
    if (!condition) this.violations.push(violation);
  }
}

function fetchFailed(shuffleId: number, mapPartition: number, reason: string): TaskOutcome {
  return { kind: 'fetchFailed', shuffleId, mapPartition, isUnreachable: false, reason };
}

/** Two slots make a process. */
function executorOf(slot: number): string {
  return `executor ${slot >> 1}`;
}

function slotAdded(slot: number): BackendEvent {
  return { kind: 'slotAdded', slot, executorId: executorOf(slot), host: 'localhost' };
}

/** Depends on the order of its inputs, so that a swapped or doubled one shows. */
export function mix(a: number, b: number): number {
  return (a * 31 + b * 17 + 7) % 1_000_000_007;
}

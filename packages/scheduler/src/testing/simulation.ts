import type {
  BackendEvent,
  MapOutput,
  SchedulerBackend,
  TaskDescription,
  TaskOutcome,
} from '@firesteel/plan';
import type { ExclusionOptions } from '../exclusion.js';
import { ListenerBus } from '../listener-bus.js';
import { Scheduler } from '../scheduler.js';
import { newTotals } from '../task-metrics.js';
import { EventQueue } from './event-queue.js';
import { jobPlan } from './plans.js';

export interface SimulationOptions {
  readonly seed: number;
  readonly executors: number;
  readonly slotsPerExecutor: number;
  /** Of the map stage and of the result stage. */
  readonly tasksPerStage: number;
  readonly meanTaskMs: number;
  /** How many executors are lost, at random times; each is replaced. */
  readonly losses: number;
  /** Of the attempts on a few bad executors, the part that fails. */
  readonly failureShare: number;
}

export interface SimulationResult {
  /** What the scheduler must never do, in words; empty if it did nothing of that. */
  readonly violations: readonly string[];
  readonly launches: number;
  readonly failures: number;
  readonly lostTasks: number;
  readonly excludedExecutors: number;
  readonly simulatedMs: number;
  /** CPU time of the whole simulation, the simulated cluster included. */
  readonly cpuMs: number;
}

const exclusion: ExclusionOptions = {
  maxTaskAttemptsPerExecutor: 1,
  maxTaskAttemptsPerHost: 2,
  stageMaxFailedTasksPerExecutor: 2,
  stageMaxFailedExecutorsPerHost: 2,
  applicationMaxFailedTasksPerExecutor: 2,
  applicationMaxFailedExecutorsPerHost: 2,
  timeoutMs: 3_600_000,
  killExcludedExecutors: false,
  excludeOnFetchFailure: false,
};

/**
 * Runs a job of two stages on a cluster that exists only as a queue of events, with executors that
 * fail and executors that are lost, and watches what the scheduler does.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const cpuBefore = process.cpuUsage();
  const queue = new EventQueue();
  const cluster = new SimulatedCluster(options, queue);
  const bus = new ListenerBus();
  let excludedExecutors = 0;
  bus.on('executorExcluded', ({ executorId }) => {
    excludedExecutors += 1;
    cluster.excluded.add(executorId);
  });
  const scheduler = new Scheduler({
    backend: cluster,
    clock: queue,
    listenerBus: bus,
    decodeError: () => new Error('the disk is bad'),
    maxTaskFailures: 8,
    maxStageAttempts: 1000,
    localityWaits: { processMs: 0, hostMs: 0 },
    barrierSlotsWaitMs: 0,
    exclusion,
  });
  await scheduler.start();
  cluster.planLosses();
  const { tasksPerStage } = options;
  const counted = new Uint8Array(tasksPerStage);
  const plan = jobPlan([
    { shuffleId: 1, numPartitions: tasksPerStage },
    { numPartitions: tasksPerStage, parents: [1] },
  ]);
  let isOver = false;
  const job = scheduler
    .submit(scheduler.newJobId(), plan, {
      onResult: (bytes) => {
        const [partition = 0] = new Uint32Array(bytes.buffer, bytes.byteOffset, 1);
        counted[partition] = (counted[partition] ?? 0) + 1;
      },
    })
    .finally(() => {
      isOver = true;
    });
  job.catch(() => {});
  while (!isOver) {
    // Rounds of launches are microtasks.
    await Promise.resolve();
    bus.flush();
    if (!isOver && !queue.runNext()) break;
  }
  await Promise.all([job, scheduler.stop()]);
  counted.forEach((count, partition) => {
    if (count !== 1) cluster.violations.push(`result ${partition} was counted ${count} times`);
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  const { violations, launches, failures, lostTasks } = cluster;
  const cpuMs = (user + system) / 1000;
  const simulatedMs = queue.now();
  return { violations, launches, failures, lostTasks, excludedExecutors, simulatedMs, cpuMs };
}

interface SimulatedSlot {
  readonly id: number;
  readonly executorId: string;
  /** Whether tasks fail there. */
  readonly isBad: boolean;
  readonly tasks: TaskDescription[];
}

interface SimulatedExecutor {
  readonly id: string;
  readonly slots: SimulatedSlot[];
}

const TASKS_PER_SLOT = 2;
const EXECUTORS_PER_HOST = 4;

class SimulatedCluster implements SchedulerBackend {
  readonly tasksPerSlot = TASKS_PER_SLOT;
  readonly maxTasksPerSlot = TASKS_PER_SLOT;
  readonly violations: string[] = [];
  readonly excluded = new Set<string>();
  launches = 0;
  failures = 0;
  lostTasks = 0;
  readonly #options: SimulationOptions;
  readonly #queue: EventQueue;
  readonly #random: (below: number) => number;
  readonly #executors: SimulatedExecutor[] = [];
  readonly #slots = new Map<number, SimulatedSlot>();
  /** Executors where a task has failed, by `stage:partition`. */
  readonly #failedAt = new Map<string, Set<string>>();
  #onEvent: (event: BackendEvent) => void = () => {};
  #nextExecutor = 0;
  #nextSlot = 0;

  constructor(options: SimulationOptions, queue: EventQueue) {
    this.#options = options;
    this.#queue = queue;
    let state = options.seed >>> 0;
    this.#random = (below) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }

  async start(onEvent: (event: BackendEvent) => void): Promise<void> {
    this.#onEvent = onEvent;
    for (let i = 0; i < this.#options.executors; i++) this.#addExecutor();
  }

  /** At random times of an undisturbed run. */
  planLosses(): void {
    const { losses, tasksPerStage, meanTaskMs, executors, slotsPerExecutor } = this.#options;
    const spanMs = (2 * tasksPerStage * meanTaskMs) / (executors * slotsPerExecutor);
    for (let i = 0; i < losses; i++)
      this.#queue.setTimer(1 + this.#random(Math.ceil(spanMs)), () => this.#loseOne());
  }

  launch(slotId: number, tasks: readonly TaskDescription[]): void {
    const slot = this.#slots.get(slotId);
    if (slot === undefined) {
      this.violations.push(`launch on lost slot ${slotId}`);
      return;
    }
    if (this.excluded.has(slot.executorId))
      this.violations.push(`launch on excluded executor ${slot.executorId}`);
    this.launches += tasks.length;
    const wasIdle = slot.tasks.length === 0;
    for (const task of tasks) {
      if (this.#failedAt.get(keyOf(task))?.has(slot.executorId))
        this.violations.push(`${keyOf(task)} runs where it has failed`);
      slot.tasks.push(task);
    }
    if (slot.tasks.length > TASKS_PER_SLOT)
      this.violations.push(`slot ${slotId} holds ${slot.tasks.length} tasks`);
    if (wasIdle) this.#begin(slot);
  }

  kill(): void {}
  releaseBarrier(): void {}
  addClosureSet(): void {}
  removeClosureSet(): void {}
  addProgram(): void {}
  removeProgram(): void {}
  setShuffleOutputs(): void {}
  removeShuffle(): void {}
  removeCachedRdd(): void {}
  addBroadcast(): void {}
  removeBroadcast(): void {}
  async stop(): Promise<void> {}

  #addExecutor(): void {
    const number = this.#nextExecutor++;
    const id = `executor ${number}`;
    const isBad = number % 50 === 7;
    const executor: SimulatedExecutor = { id, slots: [] };
    this.#executors.push(executor);
    const host = `host ${Math.floor(number / EXECUTORS_PER_HOST)}`;
    for (let i = 0; i < this.#options.slotsPerExecutor; i++) {
      const slot: SimulatedSlot = { id: this.#nextSlot++, executorId: id, isBad, tasks: [] };
      executor.slots.push(slot);
      this.#slots.set(slot.id, slot);
      this.#onEvent({ kind: 'slotAdded', slot: slot.id, executorId: id, host });
    }
  }

  #loseOne(): void {
    const at = this.#random(this.#executors.length);
    const [executor] = this.#executors.splice(at, 1);
    if (executor === undefined) return;
    for (const { id, tasks } of executor.slots) {
      this.lostTasks += tasks.length;
      this.#slots.delete(id);
    }
    this.#onEvent({ kind: 'executorLost', executorId: executor.id, reason: 'its host is gone' });
    this.#queue.setTimer(this.#options.meanTaskMs, () => this.#addExecutor());
  }

  #begin(slot: SimulatedSlot): void {
    const [task] = slot.tasks;
    if (task === undefined) return;
    const durationMs = this.#options.meanTaskMs * (0.5 + this.#random(1000) / 1000);
    this.#queue.setTimer(durationMs, () => this.#end(slot, task));
  }

  #end(slot: SimulatedSlot, task: TaskDescription): void {
    if (this.#slots.get(slot.id) !== slot) return;
    slot.tasks.shift();
    this.#onEvent({ kind: 'taskEnded', taskId: task.taskId, outcome: this.#outcome(slot, task) });
    this.#begin(slot);
  }

  #outcome({ executorId, isBad }: SimulatedSlot, task: TaskDescription): TaskOutcome {
    if (isBad && this.#random(1000) < this.#options.failureShare * 1000) {
      this.failures += 1;
      const executors = this.#failedAt.get(keyOf(task)) ?? new Set();
      this.#failedAt.set(keyOf(task), executors.add(executorId));
      return { kind: 'exception', error: new Uint8Array(0), retryable: true };
    }
    const metrics = { ...newTotals(), runTimeMs: this.#options.meanTaskMs };
    // The plan numbers its stages; the first one writes the shuffle.
    if (task.stageId === 1)
      return {
        kind: 'success',
        result: new Uint8Array(Uint32Array.of(task.partition).buffer),
        metrics,
      };
    const mapOutput: MapOutput = {
      shuffleId: 1,
      mapPartition: task.partition,
      location: { kind: 'executor', address: { executorId, host: 'h', port: 1 } },
      offsets: NO_OFFSETS,
      rowCount: 0,
    };
    return { kind: 'success', mapOutput, metrics };
  }
}

const NO_OFFSETS = new Float64Array(0);

function keyOf({ stageId, partition }: TaskDescription): string {
  return `${stageId}:${partition}`;
}

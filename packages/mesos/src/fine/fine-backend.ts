import { ClusterBackend, type ClusterBackendOptions } from '@firesteel/cluster';
import type { FiresteelError } from '@firesteel/common';
import type { BackendEvent, TaskDescription } from '@firesteel/plan';
import { ExecutorIdleness } from './executor-idleness.js';
import type { TaskToLaunch } from './fine-executor.js';
import type { FineLauncher } from './fine-launcher.js';

export interface FineBackendOptions extends Omit<ClusterBackendOptions, 'launcher' | 'executors'> {
  readonly launcher: FineLauncher;
  /** Executors that have run nothing for so long end. */
  readonly idleTimeoutMs: number;
}

/** The threads of an executor, by the driver's numbers. */
interface Slots {
  readonly all: Set<number>;
  readonly busy: Set<number>;
  open: Set<number>;
  /** How many tasks it may begin now. */
  room: number;
}

/**
 * Runs each task as a Mesos task of its own, on threads of executors that come and go with the
 * work. What tasks need and what they give goes over the connections of executor processes; Mesos
 * has a say only in when and where they run: a slot is open while there are cpus for it.
 */
export class FineBackend extends ClusterBackend {
  override readonly tasksPerSlot = 1;
  override readonly maxTasksPerSlot = 1;
  readonly #launcher: FineLauncher;
  readonly #idleness: ExecutorIdleness;
  readonly #executors = new Map<string, Slots>();
  readonly #executorOf = new Map<number, string>();
  readonly #slotOfTask = new Map<number, number>();
  /** Tasks of this turn, which go out together: an offer can be accepted once. */
  readonly #launches = new Map<string, TaskToLaunch[]>();
  #toScheduler: (event: BackendEvent) => void = () => {};
  #subscribed: (() => void) | undefined;
  #error: Error | undefined;

  constructor(options: FineBackendOptions) {
    super({ ...options, executors: 0 });
    this.#launcher = options.launcher;
    this.#idleness = new ExecutorIdleness(options.idleTimeoutMs, (executorIds) => {
      this.killExecutors(executorIds);
    });
  }

  override get maxSlots(): number {
    return this.#launcher.maxSlots ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Listens, and registers with Mesos.
   * @throws FiresteelError PORT_NOT_AVAILABLE, or why no master takes the framework
   */
  override async start(onEvent: (event: BackendEvent) => void): Promise<void> {
    this.#toScheduler = onEvent;
    const registered = new Promise<void>((resolve, reject) => {
      this.#subscribed = resolve;
      this.#launcher.attach({
        subscribed: resolve,
        failed: (error) => {
          reject(error);
          this.#failed(error);
        },
        idleSlots: (executorId) => this.#idleSlots(executorId),
        rooms: (rooms) => this.#roomsChanged(rooms),
        taskLost: (taskId) => super.kill([taskId]),
        flush: () => this.#launchTogether(),
      });
    });
    await super.start((event) => this.#received(event));
    await registered;
  }

  override waiting(tasks: number): void {
    super.waiting(tasks);
    this.#idleness.tasksWait = tasks > 0;
    if (this.#error !== undefined && tasks > 0) this.#failed(this.#error);
    else this.#launcher.setWaiting(tasks);
  }

  override launch(slot: number, tasks: readonly TaskDescription[]): void {
    const executorId = this.#executorOf.get(slot);
    const slots = executorId === undefined ? undefined : this.#executors.get(executorId);
    if (executorId === undefined || slots === undefined) return;
    super.launch(slot, tasks);
    this.#idleness.began(executorId, tasks.length);
    slots.busy.add(slot);
    let launches = this.#launches.get(executorId);
    if (launches === undefined) {
      launches = [];
      this.#launches.set(executorId, launches);
      if (this.#launches.size === 1) queueMicrotask(() => this.#launchTogether());
    }
    for (const { taskId, stageId, partition, attempt } of tasks) {
      this.#slotOfTask.set(taskId, slot);
      launches.push({ taskId, name: `stage ${stageId}, partition ${partition}.${attempt}` });
    }
  }

  override removeCachedRdd(rddId: number): void {
    super.removeCachedRdd(rddId);
    this.#idleness.rddRemoved(rddId);
  }

  override kill(taskIds: readonly number[]): void {
    super.kill(taskIds);
    this.#launcher.killTasks(taskIds);
  }

  override async stop(): Promise<void> {
    this.#idleness.stop();
    this.#subscribed?.();
    await super.stop();
  }

  #failed(error: FiresteelError | Error): void {
    this.#error = error;
    this.#toScheduler({ kind: 'backendFailed', error });
  }

  #launchTogether(): void {
    if (this.#launches.size === 0) return;
    const launches = new Map(this.#launches);
    this.#launches.clear();
    this.#launcher.launchTasks(launches);
  }

  #received(event: BackendEvent): void {
    switch (event.kind) {
      case 'executorAdded':
        this.#executors.set(event.executorId, {
          all: new Set(),
          busy: new Set(),
          open: new Set(),
          room: 0,
        });
        this.#idleness.added(event.executorId);
        break;
      case 'slotAdded':
        this.#executorOf.set(event.slot, event.executorId);
        this.#executors.get(event.executorId)?.all.add(event.slot);
        this.#toScheduler(event);
        this.#toScheduler({ kind: 'slotClosed', slot: event.slot });
        this.#launcher.slotsIdle();
        return;
      case 'slotLost':
        this.#slotLost(event.slot);
        break;
      case 'executorLost':
        this.#executorLost(event.executorId);
        break;
      case 'blockUpdated': {
        const executorId = this.#executorOf.get(event.slot);
        if (executorId !== undefined) this.#idleness.blockUpdated(executorId, event.update);
        break;
      }
      case 'executorMetrics':
        this.#idleness.holdsShuffles(event.executorId, event.metrics.shuffleBytes > 0);
        break;
      case 'taskEnded':
        this.#toScheduler(event);
        this.#taskEnded(event.taskId);
        return;
    }
    this.#toScheduler(event);
  }

  #taskEnded(taskId: number): void {
    const slot = this.#slotOfTask.get(taskId);
    if (slot === undefined) return;
    this.#slotOfTask.delete(taskId);
    const executorId = this.#executorOf.get(slot);
    if (executorId === undefined) return;
    this.#executors.get(executorId)?.busy.delete(slot);
    this.#idleness.ended(executorId);
    this.#launcher.slotsIdle();
  }

  /** Its thread is gone, and with it the tasks that Mesos believes to run there. */
  #slotLost(slot: number): void {
    const executorId = this.#executorOf.get(slot);
    this.#executorOf.delete(slot);
    if (executorId === undefined) return;
    const slots = this.#executors.get(executorId);
    slots?.all.delete(slot);
    slots?.busy.delete(slot);
    slots?.open.delete(slot);
    this.#forgetTasks(executorId, (task) => task === slot);
  }

  #executorLost(executorId: string): void {
    const slots = this.#executors.get(executorId);
    this.#executors.delete(executorId);
    for (const slot of slots?.all ?? []) this.#executorOf.delete(slot);
    this.#forgetTasks(executorId, (slot) => slots?.all.has(slot) === true);
    this.#idleness.removed(executorId);
  }

  #forgetTasks(executorId: string, isOn: (slot: number) => boolean): void {
    for (const [taskId, slot] of this.#slotOfTask) {
      if (!isOn(slot)) continue;
      this.#slotOfTask.delete(taskId);
      this.#idleness.ended(executorId);
    }
  }

  #idleSlots(executorId: string): number {
    const slots = this.#executors.get(executorId);
    return slots === undefined ? 0 : slots.all.size - slots.busy.size;
  }

  #roomsChanged(rooms: ReadonlyMap<string, number>): void {
    for (const [executorId, slots] of this.#executors) {
      slots.room = rooms.get(executorId) ?? 0;
      this.#openSlots(slots);
    }
  }

  /** Opens as many idle slots as there is room for, those that are open already before others. */
  #openSlots(slots: Slots): void {
    const idle = [...slots.open, ...slots.all].filter((slot) => !slots.busy.has(slot));
    const open = new Set([...new Set(idle)].slice(0, slots.room));
    for (const slot of slots.open)
      if (!open.has(slot)) this.#toScheduler({ kind: 'slotClosed', slot });
    for (const slot of open)
      if (!slots.open.has(slot)) this.#toScheduler({ kind: 'slotOpened', slot });
    slots.open = open;
  }
}

import { type Config, FiresteelError } from '@firesteel/common';
import {
  type BackendEvent,
  DeliveringBackend,
  type ExecutorAllocation,
  type ExecutorCommand,
  type ExecutorDecommission,
  type ExecutorReports,
  type ExecutorRequest,
  type ExecutorTarget,
  type RegisterExecutor,
  type Removal,
  type SchedulerBackend,
  type ShippedItem,
  type TaskDescription,
  type TaskOutcome,
} from '@firesteel/plan';
import { type ConnectionEnd, type RpcConnection, type RpcOptions, RpcServer } from '@firesteel/rpc';
import { serviceIdentity } from '@firesteel/shuffle/transfer';
import { handOver } from './decommission.js';
import { executorCommandLine } from './executor-command-line.js';
import type { ExecutorHandle } from './executor-handle.js';
import type { ExecutorLauncher } from './executor-launcher.js';
import { ExecutorRegistry, refusal } from './executor-registry.js';
import { watchHeartbeats } from './heartbeat-watch.js';
import { portable } from './portable-delivery.js';
import { Replication } from './replication.js';
import { ShippedFiles } from './shipping/shipped-files.js';
import { ShuffleServices } from './shuffle-services.js';
import { StoredOutcomes } from './stored-outcomes.js';
import { WaitingWarning } from './waiting-warning.js';

export interface ClusterBackendOptions {
  readonly launcher: ExecutorLauncher;
  /** How many executors to start with; `Infinity` for as many as there is room for. */
  readonly executors: number;
  /** Unique; names the application to shuffle services. */
  readonly applicationId: string;
  readonly rpc: RpcOptions;
  readonly config: Config;
}

/** Runs tasks in executor processes, which connect to the driver and prove that they belong to it. */
export class ClusterBackend
  extends DeliveringBackend<ExecutorHandle>
  implements SchedulerBackend, ExecutorAllocation, ExecutorDecommission
{
  readonly tasksPerSlot: number = 1;
  readonly maxTasksPerSlot: number = 128;
  readonly #options: ClusterBackendOptions;
  readonly #executors = new ExecutorRegistry();
  readonly #files: ShippedFiles;
  readonly #services: ShuffleServices | undefined;
  readonly #replication: Replication;
  readonly #outcomes: StoredOutcomes;
  #server: RpcServer | undefined;
  #onEvent: (event: BackendEvent) => void = () => {};
  #stopWatch: () => void = () => {};
  #firstSlot: { resolve(): void; reject(error: Error): void } | undefined;
  #isStarting = true;
  #waitingTasks = 0;
  #launcherError: Error | undefined;
  readonly #waitingWarning = new WaitingWarning();
  #awaitedBecause: string | undefined;
  #isStopped = false;

  constructor(options: ClusterBackendOptions) {
    super();
    this.#options = options;
    const { config, rpc, applicationId } = options;
    if (config.get('shuffle.service.enabled'))
      this.#services = new ShuffleServices(
        serviceIdentity(rpc.secret, applicationId),
        rpc.tls,
        config.get('executor.heartbeatInterval'),
      );
    this.#files = new ShippedFiles({ maxBytes: config.get('files.maxSize') });
    this.#replication = new Replication(config.get('network.timeout'));
    this.#outcomes = new StoredOutcomes(rpc, config);
  }

  get maxSlots(): number {
    // Executors that were started by hand come on top of those of the launcher. Their slots come
    // after them, and may be others than the cores say if their `task.cpus` is not the driver's.
    const { launcher, config } = this.#options;
    const { maxSlots = Number.POSITIVE_INFINITY } = launcher;
    const coming = Math.floor(this.#executors.cores / config.get('task.cpus'));
    return Math.max(maxSlots, coming, this.#executors.slotCount);
  }

  /**
   * Listens, has executors started, and waits for the first slot, unless it starts without any.
   * @throws FiresteelError PORT_NOT_AVAILABLE, or why no executor comes
   */
  async start(onEvent: (event: BackendEvent) => void): Promise<void> {
    this.#onEvent = onEvent;
    const { launcher, executors, rpc, config } = this.#options;
    this.#server = await RpcServer.listen({
      ...rpc,
      bindAddress: config.get('driver.bindAddress'),
      ports: config.get('driver.port'),
      connected: (connection) => this.#connected(connection),
    });
    if (this.#isStopped) {
      await this.#server.close();
      throw stopped();
    }
    const firstSlot =
      executors === 0
        ? undefined
        : new Promise<void>((resolve, reject) => {
            this.#firstSlot = { resolve, reject };
          });
    const { port } = this.#server;
    launcher.start({
      commandFor: (executorId) => executorCommandLine(executorId, { ...this.#options, port }),
      ended: (executorId, reason) => this.#lose(executorId, reason),
      leaving: (executorId) => void this.decommissionExecutor(executorId),
      waiting: (reason) => this.#awaitExecutors(reason),
      failed: (error) => this.#fail(error),
    });
    launcher.setTarget({ total: executors, hostWeights: new Map() });
    this.#stopWatch = watchHeartbeats({
      heartbeatIntervalMs: config.get('executor.heartbeatInterval'),
      timeoutMs: config.get('network.timeout'),
      executors: () => this.#executors.values(),
      silent: (executorId, reason) => this.#lose(executorId, reason),
    });
    await firstSlot;
    this.#isStarting = false;
    this.#holdProcess();
  }

  requestTotalExecutors(target: ExecutorTarget): void {
    if (!this.#isStopped) this.#options.launcher.setTarget(target);
  }

  killExecutors(executorIds: readonly string[]): readonly string[] {
    const idle = executorIds.filter((id) => this.#executors.get(id)?.tasks.size === 0);
    for (const executorId of idle) {
      this.#options.launcher.retire(executorId);
      this.#remove(executorId, 'it is not needed any more');
    }
    return idle;
  }

  waiting(tasks: number): void {
    const waited = this.#waitingTasks > 0;
    this.#waitingTasks = tasks;
    if (tasks > 0 !== waited) this.#holdProcess();
  }

  addFile(name: string, path: string): void {
    this.#files.addFile(name, path);
  }

  /**
   * Has an executor finish its tasks, hand over its blocks to others and end. No effect on one that
   * is unknown. Resolves when it is gone, at the latest after executor.decommission.forceKillTimeout.
   */
  async decommissionExecutor(executorId: string): Promise<void> {
    const executor = this.#executors.get(executorId);
    if (executor === undefined || this.#isStopped) return;
    if (!executor.isLeaving) {
      executor.isLeaving = true;
      const timeoutMs = this.#options.config.get('executor.decommission.forceKillTimeout');
      this.#onEvent({ kind: 'executorLeaving', executorId });
      const timer = setTimeout(() => {
        this.#lose(executorId, `it has not left within ${timeoutMs} ms after it was asked to`);
      }, timeoutMs).unref();
      void executor.gone.then(() => clearTimeout(timer));
      void this.#handOverWhenIdle(executor, timeoutMs);
    }
    await executor.gone;
  }

  async #handOverWhenIdle(executor: ExecutorHandle, timeoutMs: number): Promise<void> {
    await executor.whenIdle();
    const peers = [...this.#executors.values()].filter(({ isLeaving }) => !isLeaving);
    await handOver(executor, peers, timeoutMs);
    if (this.#isStopped || this.#executors.get(executor.id) === undefined) return;
    this.#options.launcher.retire(executor.id);
    this.#remove(executor.id, 'it was decommissioned');
  }

  launch(slot: number, tasks: readonly TaskDescription[]): void {
    const executor = this.#executors.ofSlot(slot);
    if (executor === undefined) return;
    const { shipped, needs } = this.#filesFor(executor, tasks);
    const missing = tasks.flatMap(({ programId }) => this.missing(executor, programId));
    const commands: ExecutorCommand[] = missing.map(portable);
    if (shipped.length > 0) commands.push({ kind: 'ship', items: shipped });
    const ownSlot = executor.slotNumbers.get(slot) as number;
    commands.push({ kind: 'launch', slot: ownSlot, tasks, needs });
    try {
      executor.connection.send(commands);
    } catch (error) {
      // It was too large, and has not left: whoever needs a part of it next has to send that.
      this.undelivered(executor, missing);
      for (const { id } of shipped) executor.shipped.delete(id);
      throw error;
    }
    if (!executor.hasWorked) {
      executor.hasWorked = true;
      this.#options.launcher.worked?.(executor.id);
    }
    for (const { taskId } of tasks) this.#executors.addTask(executor, taskId);
    this.#holdProcess();
  }

  /** What an executor must have before tasks begin there, and what of it was not offered yet. */
  #filesFor(
    executor: ExecutorHandle,
    tasks: readonly TaskDescription[],
  ): { shipped: ShippedItem[]; needs: string[] } {
    const items: ShippedItem[] = [...this.#files.added];
    if (!executor.sharesFiles)
      for (const programId of new Set(tasks.map((task) => task.programId)))
        for (const uses of this.packagesOf(programId))
          items.push(...this.#files.packagesFor(uses, executor.id, executor.platform));
    const shipped = items.filter(({ id }) => !executor.shipped.has(id));
    for (const { id } of shipped) executor.shipped.add(id);
    return { shipped, needs: [...new Set(items.map(({ id }) => id))] };
  }

  endExecutor(executorId: string, reason: string): void {
    this.#lose(executorId, reason);
  }

  kill(taskIds: readonly number[]): void {
    for (const [executor, ids] of this.#executors.ofTasks(taskIds))
      executor.connection.send([{ kind: 'kill', taskIds: ids }]);
  }

  releaseBarrier(taskIds: readonly number[], messages: readonly string[]): void {
    for (const [executor, ids] of this.#executors.ofTasks(taskIds))
      executor.connection.send([{ kind: 'releaseBarrier', taskIds: ids, messages }]);
  }

  hostOf(slot: number): string {
    return this.#executors.ofSlot(slot)?.host ?? 'localhost';
  }

  /** Executors hold outputs of shuffles that nobody has read there. */
  override removeShuffle(id: number): void {
    super.removeShuffle(id);
    this.#services?.removeShuffle(id);
    this.#toAll({ kind: 'remove', what: 'shuffle', id });
  }

  removeCachedRdd(id: number): void {
    this.#replication.forgetRdd(id);
    this.#toAll({ kind: 'remove', what: 'cachedRdd', id });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    // A launcher may have nothing but timers left to wait for executors, and they hold no process.
    this.#server?.setRef(true);
    this.#stopWatch();
    this.#waitingWarning.stop();
    this.#firstSlot?.reject(stopped());
    for (const { connection, markGone } of this.#executors.values()) {
      connection.close();
      markGone();
    }
    await this.#options.launcher.stop();
    await this.#services?.stop();
    await this.#server?.close();
    await this.#outcomes.close();
  }

  protected override receivers(): Iterable<ExecutorHandle> {
    return this.#executors.values();
  }

  protected override sendRemoval({ connection }: ExecutorHandle, removal: Removal): void {
    connection.send([removal]);
  }

  #connected(connection: RpcConnection) {
    let executor: ExecutorHandle | undefined;
    return {
      message: (message: unknown) => {
        if (executor === undefined) connection.close();
        else this.#reported(executor, message as ExecutorReports);
      },
      request: (message: unknown) => {
        const request = message as ExecutorRequest;
        if (request.kind === 'register') {
          executor = this.#register(request, connection);
          return undefined;
        }
        if (executor === undefined) throw new FiresteelError('INTERNAL', 'Register first.');
        executor.lastSignAt = performance.now();
        if (request.kind === 'readTree') return this.#files.read(request.id, request.offset);
        this.#onEvent({
          kind: 'executorMetrics',
          executorId: executor.id,
          metrics: request.metrics,
        });
        return undefined;
      },
      ended: (end: ConnectionEnd) => {
        if (executor !== undefined) this.#lose(executor.id, reasonOf(end));
      },
    };
  }

  #register(registration: RegisterExecutor, connection: RpcConnection): ExecutorHandle {
    if (this.#isStopped) throw refusal(registration, 'the driver stops');
    const executor = this.#executors.add(registration, connection, performance.now());
    const { address } = registration;
    const { executorId } = address;
    const { shuffleServicePort } = registration;
    if (shuffleServicePort !== undefined) this.#services?.add(address.host, shuffleServicePort);
    this.#options.launcher.registered?.(executorId);
    const { cores, logUrls } = registration;
    this.#onEvent({
      kind: 'executorAdded',
      executorId,
      host: executor.host,
      cores,
      blockAddress: address,
      logUrls,
    });
    this.#holdProcess();
    return executor;
  }

  #reported(executor: ExecutorHandle, { events }: ExecutorReports): void {
    executor.lastSignAt = performance.now();
    if (this.#executors.isLost(executor.id)) return;
    for (const event of events) this.#passOn(executor, event);
  }

  /** Slots get numbers of the driver. */
  #passOn(executor: ExecutorHandle, event: ExecutorReports['events'][number]): void {
    switch (event.kind) {
      case 'slotAdded': {
        const slot = this.#executors.addSlot(executor, event.slot);
        this.#onEvent({ kind: 'slotAdded', slot, executorId: executor.id, host: executor.host });
        this.#firstSlot?.resolve();
        this.#holdProcess();
        return;
      }
      case 'slotLost': {
        const slot = this.#executors.removeSlot(executor, event.slot);
        if (slot !== undefined) this.#onEvent({ ...event, slot });
        return;
      }
      case 'blockUpdated': {
        const slot = executor.slots.get(event.slot);
        if (slot !== undefined) this.#onEvent({ ...event, slot });
        this.#replication.note(event.update, executor, this.#executors.values());
        return;
      }
      case 'taskEnded':
        this.#endTask(executor, event.taskId, event.outcome);
        return;
      case 'outcomeStored':
        void this.#fetchOutcome(executor, event.taskId);
        return;
      // What it says of itself as the driver of its threads.
      case 'executorAdded':
      case 'executorMetrics':
      case 'executorLost':
        return;
      default:
        this.#onEvent(event);
    }
  }

  #endTask(executor: ExecutorHandle, taskId: number, outcome: TaskOutcome): void {
    this.#onEvent({ kind: 'taskEnded', taskId, outcome });
    this.#executors.removeTask(executor, taskId);
    this.#holdProcess();
  }

  async #fetchOutcome(executor: ExecutorHandle, taskId: number): Promise<void> {
    const { id, connection, tasks } = executor;
    const outcome = await this.#outcomes.read(executor, taskId);
    // Without the executor, the task has been reported as lost.
    if (this.#isStopped || !tasks.has(taskId) || this.#executors.isLost(id)) return;
    connection.send([{ kind: 'forgetOutcome', taskId }]);
    this.#endTask(executor, taskId, outcome);
  }

  #lose(executorId: string, reason: string): void {
    if (this.#remove(executorId, reason)) this.#options.launcher.kill(executorId);
  }

  /** Whether it was there. */
  #remove(executorId: string, reason: string): boolean {
    if (this.#isStopped) return false;
    const executor = this.#executors.remove(executorId);
    if (executor === undefined) return false;
    executor.connection.close();
    executor.markGone();
    this.#replication.forgetExecutor(executor);
    this.#onEvent({ kind: 'executorLost', executorId, reason });
    this.#holdProcess();
    this.#failWithoutExecutors();
    return true;
  }

  #awaitExecutors(reason: string | undefined): void {
    if (reason === this.#awaitedBecause || this.#isStopped) return;
    this.#awaitedBecause = reason;
    this.#waitingWarning.update(reason);
    this.#onEvent({ kind: 'executorsAwaited', reason });
  }

  /** The launcher starts no more executors: those that live are the last ones. */
  #fail(error: Error): void {
    this.#firstSlot?.reject(error);
    this.#launcherError = error;
    this.#awaitExecutors(undefined);
    this.#failWithoutExecutors();
  }

  #failWithoutExecutors(): void {
    if (this.#launcherError !== undefined && this.#executors.size === 0)
      this.#onEvent({ kind: 'backendFailed', error: this.#launcherError });
  }

  #toAll(removal: Removal): void {
    for (const { connection } of this.#executors.values()) connection.send([removal]);
  }

  /** Tasks that run or wait keep the process alive, and so does the wait for the first slots. */
  #holdProcess(): void {
    // With nobody there and nothing to do, a program that forgot to stop may end.
    const isStarting = this.#isStarting && this.#executors.size === 0;
    this.#server?.setRef(isStarting || this.#waitingTasks > 0);
    for (const { connection, tasks, slots } of this.#executors.values())
      connection.setRef(tasks.size > 0 || slots.size === 0);
  }
}

function stopped(): FiresteelError {
  return new FiresteelError(
    'CONTEXT_STOPPED',
    'The context was stopped before its first executor had come; create a new context to run jobs.',
  );
}

function reasonOf(end: ConnectionEnd): string {
  return end.kind === 'closed' ? 'it has closed the connection' : end.reason;
}

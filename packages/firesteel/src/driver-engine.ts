import { type Constructor, captureClosures, captureValue, decodeError } from '@firesteel/closure';
import { decodeRows, decodeValue } from '@firesteel/codec';
import { type Config, FiresteelError } from '@firesteel/common';
import {
  Accumulator,
  type CallSite,
  type ClosureItem,
  type ClosureSet,
  type ExecutorDecommission,
  hasRowResult,
  type JobProperties,
  type PlanNode,
  type SchedulerBackend,
  type StorageLevel,
} from '@firesteel/plan';
import {
  collectClosures,
  type PlanningContext,
  type PlanRequest,
  partitionCount,
  partitionerOf,
  planJob,
  prerequisites,
  type SlotTable,
  toDebugString,
} from '@firesteel/planner';
import {
  type Engine,
  type EngineJob,
  type JobRequest,
  nameOfNode,
  type RowClassOptions,
  type RunningAction,
  type StorageStatus,
} from '@firesteel/rdd';
import {
  type ListenerBus,
  type PoolOptions,
  Pools,
  Scheduler,
  StatusTracker,
  systemClock,
} from '@firesteel/scheduler';
import { collectGarbage } from '@firesteel/storage';
import { AccumulatorReferences } from './accumulator-references.js';
import type { AddedFiles } from './added-files.js';
import { BroadcastReferences } from './broadcast-references.js';
import { Checkpoints } from './checkpoints.js';
import type { Backend } from './create-backend.js';
import { faultOptions } from './fault-options.js';
import { InputSplits } from './input-splits.js';
import { withOutput } from './job-output.js';
import { NodeLifetimes, shuffleIdsOf } from './node-lifetimes.js';
import { readPools } from './pool-file.js';
import { PreparedAnswers } from './prepared-answers.js';
import { RowClassRegistry } from './row-class-registry.js';
import { lineageOf, ShuffleReaders } from './shuffle-readers.js';
import { keysOfPartition, warnOfSkew } from './skew-warnings.js';

/** The functions of an action as they were when it was called. */
interface Captured {
  readonly slots: SlotTable;
  readonly closureSet: ClosureSet;
}

/**
 * Planner, scheduler and a backend's executors as one engine: an action is planned here, on the
 * driver, and never blocks it.
 */
export class DriverEngine implements Engine {
  readonly defaultParallelism: number;
  readonly defaultMinPartitions: number;
  readonly statusTracker: StatusTracker;
  private readonly backend: SchedulerBackend;
  private readonly pools: Pools;
  private readonly scheduler: Scheduler;
  private readonly inputs: InputSplits;
  private readonly context: PlanningContext;
  private readonly persisted = new Map<number, StorageLevel>();
  private readonly rowClasses = new RowClassRegistry();
  private readonly answers = new PreparedAnswers();
  /** Drops what the engine keeps for a node when no RDD leads to the node any more. */
  private readonly lifetimes = new NodeLifetimes(({ nodeId, shuffleIds }) => {
    for (const shuffleId of shuffleIds) {
      this.scheduler.removeShuffle(shuffleId);
      this.answers.forgetShuffle(shuffleId);
      this.rowClasses.forgetShuffle(shuffleId);
    }
    if (nodeId === undefined) return;
    this.answers.forgetNode(nodeId);
    if (this.persisted.delete(nodeId)) this.scheduler.removeCachedRdd(nodeId);
  });
  private readonly isPersisted = ({ id }: PlanNode): boolean => this.persisted.has(id);
  private readonly readers = new ShuffleReaders(this.isPersisted, (shuffleId) =>
    this.scheduler.removeShuffle(shuffleId),
  );
  private readonly accumulators = new AccumulatorReferences();
  private readonly checkpoints: Checkpoints = new Checkpoints({
    run: (node, action, properties) =>
      this.start({ node, action, callSite: checkpointSite(node), properties }).results,
    partitionerOf: (node) => partitionerOf(this.checkpoints.resolve(node), this.context),
    onCheckpointed: (node, standIn) => this.lifetimes.handOver(node, standIn),
  });
  private readonly broadcasts = new BroadcastReferences((id) => this.destroyBroadcast(id));
  /** Of the actions that have not ended, with the jobs that they run before their own. */
  private readonly running = new Map<RunningAction, (reason?: string) => void>();
  /** Of executors that come and go; undefined where all threads are those of the driver. */
  private readonly executors: ExecutorDecommission | undefined;
  private readonly garbageTimer: NodeJS.Timeout;
  private nextId = 0;

  /**
   * @param backend where tasks run, not started yet
   * @param files what is added for tasks; removed with the engine
   */
  constructor(
    config: Config,
    { backend, executors, slots, maxTaskFailures, allocation }: Backend,
    private readonly files: AddedFiles,
    private readonly listenerBus: ListenerBus,
  ) {
    this.backend = backend;
    this.executors = executors;
    this.defaultParallelism = config.get('default.parallelism') ?? slots;
    this.pools = new Pools(config.get('scheduler.mode'));
    const poolFile = config.get('scheduler.allocation.file');
    for (const [name, options] of poolFile === undefined ? [] : readPools(poolFile))
      this.pools.set(name, options);
    this.statusTracker = new StatusTracker(this.listenerBus);
    this.scheduler = new Scheduler({
      backend,
      clock: systemClock,
      maxTaskFailures,
      maxStageAttempts: config.get('stage.maxConsecutiveAttempts'),
      localityWaits: {
        processMs: config.get('locality.wait.process') ?? config.get('locality.wait'),
        hostMs: config.get('locality.wait.node') ?? config.get('locality.wait'),
      },
      maxResultBytes: config.get('driver.maxResultSize'),
      keysOfPartition,
      barrierSlotsWaitMs:
        config.get('scheduler.barrier.maxConcurrentTasksCheck.interval') *
        config.get('scheduler.barrier.maxConcurrentTasksCheck.maxFailures'),
      listenerBus: this.listenerBus,
      decodeError,
      accumulators: this.accumulators,
      pools: this.pools,
      ...(allocation && { allocation }),
      ...faultOptions(config),
    });
    this.defaultMinPartitions = Math.min(this.defaultParallelism, 2);
    this.inputs = new InputSplits(this.defaultMinPartitions, this.defaultParallelism);
    this.context = {
      defaultParallelism: this.defaultParallelism,
      defaultMinPartitions: this.defaultMinPartitions,
      defaultParallelismSet: config.has('default.parallelism'),
      fileSplits: (node) => this.inputs.fileSplits(node),
      rowsSplit: (node, partition, n) => this.inputs.rowsSplit(node, partition, n),
      storageLevel: (nodeId) => this.persisted.get(nodeId),
      storageStatus: (nodeId) => this.scheduler.storageStatus(nodeId),
      rangeBounds: (shuffleId) => this.answers.rangeBounds(shuffleId),
      zipOffsets: (nodeId) => this.answers.zipOffsets(nodeId),
      sideRows: (nodeId) => this.answers.sideRows(nodeId),
      partitionOf: (partitioner, key) => this.answers.partitionOf(partitioner, key),
      sampleQuotas: (nodeId) => this.answers.sampleQuotas(nodeId),
      nameOf: nameOfNode,
      isShuffleComplete: (shuffleId) => this.scheduler.isShuffleComplete(shuffleId),
    };
    this.listenerBus.on('stageCompleted', warnOfSkew);
    // A task that was under way when its RDD was unpersisted may still store a block.
    this.listenerBus.on('blockUpdated', ({ rddId, isStored }) => {
      if (isStored && !this.persisted.has(rddId)) this.scheduler.removeCachedRdd(rddId);
    });
    // V8 collects a driver that idles only when asked.
    const garbageIntervalMs = config.get('cleaner.periodicGC.interval');
    this.garbageTimer = setInterval(collectGarbage, garbageIntervalMs).unref();
    // Jobs report why it could not start; without any it does not matter.
    this.scheduler.start().catch(() => {});
  }

  submit(request: JobRequest): EngineJob {
    const job = this.start(request);
    const results = job.results.then(async (values) => {
      await this.checkpoints.write(request.node, request.properties);
      return values;
    });
    return { ...job, results };
  }

  private start(asked: JobRequest): EngineJob {
    this.lifetimes.watch(asked.node);
    this.readers.use(asked.node);
    const request = { ...asked, node: this.checkpoints.resolve(asked.node) };
    const jobIds = [this.scheduler.newJobId()];
    let cancellation: FiresteelError | undefined;
    const cancel = (reason?: string): void => {
      const [jobId] = jobIds;
      cancellation ??= new FiresteelError('JOB_CANCELLED', `Job ${jobId} was cancelled.`, {
        data: { jobId, reason },
      });
      for (const id of jobIds) this.scheduler.cancelJob(id, reason);
    };
    const run = async (): Promise<unknown[]> => {
      // Captured before the first await: a job sees the variables as they are when it is called.
      const closures = this.capture(request);
      return withOutput(request.action, async () => {
        for (const first of prerequisites(request.node, this.context)) {
          if (cancellation !== undefined) throw cancellation;
          const jobId = this.scheduler.newJobId();
          jobIds.push(jobId);
          // It samples the keys of a sort, or counts rows.
          this.answers.take(first, await this.run(first, jobId, closures, properties));
        }
        return this.run(request, jobIds[0] as number, closures, properties);
      });
    };
    const { properties } = request;
    const action: RunningAction = { jobIds, properties };
    this.running.set(action, cancel);
    const results = run().finally(() => {
      this.running.delete(action);
      for (const id of jobIds) this.scheduler.releaseJobId(id);
    });
    return { jobId: jobIds[0] as number, results, cancel };
  }

  private capture({ node, action, callSite }: JobRequest): Captured {
    const { items, slots } = collectClosures(node, action, callSite, this.context);
    const classes = new Set<Constructor>();
    const classItems = this.rowClasses.itemsFor(slots.completeShuffles);
    const captured = captureClosures([...items, ...classItems], {
      tagClass: (ctor) => {
        const tag = this.rowClasses.tagOf(ctor);
        if (tag !== undefined) classes.add(ctor);
        return tag;
      },
      onLargeCapture: ({ label, path, sizeBytes }) =>
        process.emitWarning(
          `${label} captures ${path}, which takes ${(sizeBytes / 1024 ** 2).toFixed(1)} MiB and is sent with every job. Send it once with sc.broadcast(value), and read its .value in the function.`,
          { type: 'FiresteelWarning', code: 'LARGE_CAPTURE' },
        ),
    });
    for (const { object } of captured.carried)
      if (object instanceof Accumulator) this.accumulators.assertOwn(object);
    this.rowClasses.noteWritten(slots.openShuffles, classes);
    const closureSet = {
      id: this.nextId++,
      bytes: captured.bytes,
      broadcasts: this.broadcasts.bySlot(captured.carried),
      packages: captured.packages,
      carried: captured.carried.map(({ object }) => object),
    };
    return { slots, closureSet };
  }

  private async run(
    request: PlanRequest & Pick<JobRequest, 'onResult'>,
    jobId: number,
    { slots, closureSet }: Captured,
    properties: JobProperties,
  ): Promise<unknown[]> {
    const plan = planJob(
      request,
      slots,
      closureSet,
      { nextProgramId: () => this.nextId++ },
      this.context,
    );
    const decode = hasRowResult(request.action.kind)
      ? (bytes: Uint8Array) => decodeRows(bytes)
      : decodeValue;
    const { onResult } = request;
    const results = await this.scheduler.submit(jobId, plan, {
      properties,
      ...(onResult && { onResult: (bytes) => onResult(decode(bytes)) }),
    });
    return results.map((bytes) => decode(bytes));
  }

  async partitionCount(node: PlanNode): Promise<number> {
    return partitionCount(this.checkpoints.resolve(node), this.context);
  }

  async partitionOfKey(node: PlanNode, key: unknown): Promise<number | undefined> {
    const known = partitionerOf(this.checkpoints.resolve(node), this.context);
    return known && this.answers.partitionOf(known, key);
  }

  async debugString(node: PlanNode): Promise<string> {
    return toDebugString(this.checkpoints.resolve(node), this.context);
  }

  checkpoint(node: PlanNode, directory: string): void {
    this.checkpoints.mark(node, directory);
  }

  localCheckpoint(node: PlanNode): void {
    this.checkpoints.mark(node);
  }

  currentNode(node: PlanNode): PlanNode {
    return this.checkpoints.standInOf(node) ?? node;
  }

  removeShuffles(node: PlanNode): void {
    for (const step of lineageOf(node, this.isPersisted))
      for (const shuffleId of shuffleIdsOf(step)) this.scheduler.removeShuffle(shuffleId);
  }

  removeUnreadShuffles(node: PlanNode): void {
    this.readers.giveUp(node);
  }

  addNode(node: PlanNode): void {
    this.readers.add(node);
  }

  addBroadcast(broadcast: { readonly id: number }, item: ClosureItem): void {
    const { parts, carried, packages } = captureValue(item);
    this.broadcasts.add(broadcast, carried);
    this.scheduler.addBroadcast({ id: broadcast.id, parts, packages });
  }

  addAccumulator(accumulator: Accumulator<never, unknown>): void {
    this.accumulators.add(accumulator);
  }

  unpersistBroadcast(id: number): void {
    this.scheduler.unpersistBroadcast(id);
  }

  destroyBroadcast(id: number): void {
    this.broadcasts.delete(id);
    this.scheduler.destroyBroadcast(id);
  }

  persist(node: PlanNode, level: StorageLevel): void {
    this.lifetimes.watch(node);
    this.readers.use(node);
    this.persisted.set(node.id, level);
  }

  unpersist(node: PlanNode): void {
    if (this.persisted.delete(node.id)) this.scheduler.removeCachedRdd(node.id);
  }

  storageLevel(node: PlanNode): StorageLevel | undefined {
    return this.persisted.get(node.id);
  }

  storageStatus(node: PlanNode): StorageStatus {
    return this.scheduler.storageStatus(node.id);
  }

  registerClass(ctor: Constructor, options: RowClassOptions): void {
    this.rowClasses.register(ctor, options);
  }

  async addFile(path: string, isRecursive: boolean): Promise<void> {
    const added = await this.files.add(path, isRecursive);
    if (added !== undefined) this.backend.addFile?.(added.name, added.path);
  }

  listFiles(): readonly string[] {
    return this.files.list();
  }

  cancelJobs(fits: (action: RunningAction) => boolean, reason?: string): void {
    for (const [action, cancel] of this.running) if (fits(action)) cancel(reason);
  }

  cancelJob(jobId: number, reason: string): void {
    this.scheduler.cancelJob(jobId, reason);
  }

  cancelStage(stageId: number, reason: string): void {
    this.scheduler.cancelStage(stageId, reason);
  }

  async decommissionExecutor(executorId: string): Promise<void> {
    await this.executors?.decommissionExecutor(executorId);
  }

  setPool(name: string, options: PoolOptions): void {
    this.pools.set(name, options);
  }

  async stop(): Promise<void> {
    clearInterval(this.garbageTimer);
    await this.scheduler.stop();
    this.files.remove();
  }
}

/** The job that writes a checkpoint belongs to the line that made the RDD. */
function checkpointSite({ callSite: { file, line } }: PlanNode): CallSite {
  return { method: 'checkpoint', file, line };
}

import { existsSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, taskSlots } from '@firesteel/common';
import {
  type BackendEvent,
  type DriverRequest,
  EXECUTOR_PROTOCOL,
  type ExecutorAddress,
  type ExecutorCommand,
  type ExecutorMetrics,
  type ExecutorReports,
  type PackageUse,
  type RegisterExecutor,
  type TaskDescription,
  type TaskGate,
  thisPlatform,
} from '@firesteel/plan';
import {
  type ConnectionEnd,
  connect,
  type PortRange,
  type RpcConnection,
  type RpcOptions,
} from '@firesteel/rpc';
import type { StoredBlockId } from '@firesteel/shuffle';
import { BlockClient, BlockServer } from '@firesteel/shuffle/transfer';
import { LocalDirs } from '@firesteel/storage';
import { LocalBackend } from '../local-backend.js';
import { memoryLimits } from '../memory-limits.js';
import { reaperOptions } from '../reaper-options.js';
import { blockFetcher } from './block-fetcher.js';
import { DriverReports } from './driver-reports.js';
import { FileCache, type FileCacheOptions } from './file-cache.js';
import { GatedTasks } from './gated-tasks.js';
import { Handover, outputParts } from './handover.js';
import { joinShuffleService } from './join-shuffle-service.js';
import { logUrlsOf } from './log-urls.js';
import { OutcomeStore } from './outcome-store.js';
import { WaitingLaunches } from './waiting-launches.js';

export interface ExecutorProcessOptions {
  readonly executorId: string;
  readonly driver: { readonly host: string; readonly port: number };
  readonly cores: number;
  /** Memory of all threads together in MiB; without it a part of the machine's. */
  readonly memoryMib?: number;
  /** Where its block server listens. */
  readonly bindAddress: string;
  /** The host by which other executors reach it. */
  readonly host: string;
  readonly ports: PortRange;
  /** The process ends when this directory vanishes. */
  readonly workDir?: string;
  /** The files of the driver are here at the same paths. */
  readonly sharesFiles: boolean;
  /** Who permits tasks, where the driver does not decide alone. */
  readonly gate?: TaskGate;
  readonly rpc: RpcOptions;
  readonly config: Config;
}

/** What an executor keeps, for itself and for others. */
interface Stores {
  readonly backend: LocalBackend;
  readonly outcomes: OutcomeStore;
}

/** The parts of a block that somebody else asks for. */
async function findStored(
  id: StoredBlockId,
  { backend, outcomes }: Stores,
): Promise<readonly Uint8Array[] | undefined> {
  switch (id.kind) {
    case 'cached':
      return backend.cachedBlock(id);
    case 'output': {
      const whole = await backend.outputs.whole(id.shuffleId, id.mapPartition);
      return whole && outputParts(whole.output, whole.bytes);
    }
    case 'outcome': {
      const outcome = outcomes.find(id.taskId);
      return outcome && [outcome];
    }
  }
}

/**
 * The main thread of an executor process. It passes on what the driver sends to the worker threads
 * and what these report to the driver, serves and fetches blocks, and tells that it is alive; rows
 * are the business of the other threads, so that it is never busy.
 */
export class ExecutorProcess {
  readonly #options: ExecutorProcessOptions;
  readonly #backend: LocalBackend;
  readonly #outcomes: OutcomeStore;
  readonly #handover: Handover;
  readonly #reports: DriverReports;
  readonly #address: ExecutorAddress;
  readonly #servicePort: number | undefined;
  readonly #connection: RpcConnection;
  readonly #files: FileCache;
  readonly #waiting: WaitingLaunches;
  readonly #gated: GatedTasks | undefined;
  #end: (reason: string | undefined) => void = () => {};
  #heartbeat: NodeJS.Timeout | undefined;
  #lastAnswerAt = performance.now();

  private constructor(
    options: ExecutorProcessOptions,
    { backend, outcomes }: Stores,
    client: BlockClient,
    address: ExecutorAddress,
    connection: RpcConnection,
    files: FileCache,
    servicePort: number | undefined,
  ) {
    this.#options = options;
    this.#backend = backend;
    this.#outcomes = outcomes;
    const report = (event: BackendEvent) => this.#report(event);
    this.#handover = new Handover({ backend, client, report });
    this.#address = address;
    this.#servicePort = servicePort;
    const { config } = options;
    this.#reports = new DriverReports({
      send: (reports) => this.#send(reports),
      outcomes,
      outputAddress:
        servicePort === undefined ? address : { ...address, port: servicePort, viaService: true },
      maxDirectBytes: Math.min(config.get('task.maxDirectResultSize'), partOfMessage(config)),
    });
    this.#connection = connection;
    this.#files = files;
    this.#waiting = new WaitingLaunches({
      files,
      launch: (slot, tasks) => backend.launch(slot, tasks),
      report: (event) => this.#report(event),
    });
    const { gate } = options;
    this.#gated =
      gate &&
      new GatedTasks({
        gate,
        kill: (taskIds) => this.#kill(taskIds),
        reportKilled: (taskId) =>
          this.#report({ kind: 'taskEnded', taskId, outcome: { kind: 'killed' } }),
      });
  }

  /**
   * Registers with the driver and works for it. Resolves when the work is over: to undefined if
   * the driver said so, else to the reason.
   * @throws FiresteelError CONNECTION_LOST, AUTHENTICATION_FAILED, PORT_NOT_AVAILABLE, or the
   * driver's refusal
   */
  static async run(options: ExecutorProcessOptions): Promise<string | undefined> {
    const { executorId, host, bindAddress, ports, rpc, config, cores, memoryMib } = options;
    const { workDir, sharesFiles } = options;
    // A gate counts in tasks already.
    const slots = options.gate === undefined ? taskSlots(config, cores) : cores;
    const { secret, tls } = rpc;
    const security = { secret, ...(tls === undefined ? {} : { tls }) };
    const service = await joinShuffleService(config, rpc, host, executorId);
    const client = new BlockClient({
      ...security,
      ...(service && { service: service.identity }),
      maxRetries: config.get('shuffle.io.maxRetries'),
      retryWaitMs: config.get('shuffle.io.retryWait'),
    });
    const roots = workDir === undefined ? (config.get('local.dir') ?? [tmpdir()]) : [workDir];
    const dirs = LocalDirs.forApplication(roots);
    let readTree: FileCacheOptions['read'] = () => Promise.reject(new Error('not connected'));
    const files = new FileCache({
      directory: join(dirs.paths[0] as string, 'files'),
      maxBytes: config.get('files.maxSize'),
      read: (id, offset) => readTree(id, offset),
    });
    const backend = new LocalBackend({
      files: { added: files.added, ...(sharesFiles ? {} : { packages: files.packages }) },
      ...(service && { outputDirectory: service.directory }),
      slots,
      fetchBlocks: blockFetcher(client),
      ...reaperOptions(config),
      maxBarrierMessageBytes: partOfMessage(config),
      maxResultBytes: config.get('driver.maxResultSize'),
      onUnstoppable: endAtOnce,
      memory: memoryLimits(
        config,
        slots,
        memoryMib === undefined ? undefined : memoryMib * 1024 ** 2,
      ),
      localDirs: config.get('local.dir') ?? [tmpdir()],
      compression: config.get('io.compression.codec'),
    });
    const stores: Stores = { backend, outcomes: new OutcomeStore() };
    const server = await BlockServer.listen({
      ...security,
      bindAddress,
      ports,
      find: (id, range) => backend.outputs.find(id, range),
      findStored: (id) => findStored(id, stores),
    });
    const services = [client, server];
    try {
      const connection = await connect(options.driver.host, options.driver.port, rpc);
      const address = { executorId, host, port: server.port };
      readTree = (id, offset) =>
        connection.request({ kind: 'readTree', id, offset }) as Promise<Uint8Array>;
      const executor = new ExecutorProcess(
        options,
        stores,
        client,
        address,
        connection,
        files,
        service?.port,
      );
      return await executor.#work();
    } finally {
      await backend.stop();
      await options.gate?.closed();
      await Promise.all(services.map((service) => service.close()));
      dirs.remove();
      if (options.workDir !== undefined) removeIfEmpty(options.workDir);
    }
  }

  /** From the registration to the end. */
  async #work(): Promise<string | undefined> {
    const over = new Promise<string | undefined>((resolve) => {
      this.#end = resolve;
    });
    const asked = () => this.#end(undefined);
    process.once('SIGTERM', asked);
    try {
      await this.#start();
      return await over;
    } finally {
      process.off('SIGTERM', asked);
      clearInterval(this.#heartbeat);
      this.#connection.close();
    }
  }

  async #start(): Promise<void> {
    this.#connection.start({
      message: (commands) => {
        for (const command of commands as ExecutorCommand[]) this.#obey(command);
      },
      request: async (message) => {
        const request = message as DriverRequest;
        if (request.kind === 'takeInventory') return this.#handover.inventory();
        return this.#handover.adopt(request, this.#address);
      },
      ended: (end) => this.#end(reasonOf(end)),
    });
    const registration: RegisterExecutor = {
      kind: 'register',
      protocol: EXECUTOR_PROTOCOL,
      nodeVersion: process.version,
      address: this.#address,
      cores: this.#options.cores,
      logUrls: logUrlsOf(process.env),
      platform: thisPlatform(),
      sharesFiles: this.#options.sharesFiles,
      ...(this.#servicePort !== undefined && { shuffleServicePort: this.#servicePort }),
    };
    await this.#connection.request(registration);
    await this.#backend.start((event) => this.#report(event));
    this.#openGate();
    const intervalMs = this.#options.config.get('executor.heartbeatInterval');
    this.#heartbeat = setInterval(() => void this.#beat(intervalMs), intervalMs);
  }

  #openGate(): void {
    const gated = this.#gated;
    if (gated === undefined) return;
    this.#options.gate?.opened({
      permit: (taskId) => gated.permit(taskId),
      kill: (taskId) => gated.kill([taskId]),
      stop: (reason) => this.#end(reason),
    });
  }

  #obey(command: ExecutorCommand): void {
    const backend = this.#backend;
    switch (command.kind) {
      case 'closures':
        backend.addClosureSet(command.id, command.bytes, NO_PACKAGES);
        break;
      case 'program':
        backend.addProgram(command.program);
        break;
      case 'shuffle': {
        const { shuffleId, outputs } = command;
        const own = this.#address.executorId;
        backend.setShuffleOutputs(shuffleId, backend.outputs.resolve(shuffleId, outputs, own));
        break;
      }
      case 'broadcast':
        backend.addBroadcast({
          id: command.id,
          parts: command.parts.map(shared),
          packages: NO_PACKAGES,
        });
        break;
      case 'ship':
        this.#files.offer(command.items);
        break;
      case 'launch':
        this.#launch(command);
        break;
      case 'kill':
        if (this.#gated === undefined) this.#kill(command.taskIds);
        else this.#gated.kill(command.taskIds);
        break;
      case 'forgetOutcome':
        this.#outcomes.forget(command.taskId);
        break;
      case 'releaseBarrier':
        backend.releaseBarrier(command.taskIds, command.messages);
        break;
      case 'remove':
        this.#remove(command.what, command.id);
    }
  }

  #launch({ slot, tasks, needs }: Extract<ExecutorCommand, { kind: 'launch' }>): void {
    const begin = (ready: readonly TaskDescription[]) => this.#waiting.launch(slot, ready, needs);
    if (this.#gated === undefined) begin(tasks);
    else this.#gated.hold(slot, tasks, begin);
  }

  #kill(taskIds: readonly number[]): void {
    this.#waiting.kill(taskIds);
    this.#backend.kill(taskIds);
  }

  #remove(what: Extract<ExecutorCommand, { kind: 'remove' }>['what'], id: number): void {
    const backend = this.#backend;
    if (what === 'closures') backend.removeClosureSet(id);
    else if (what === 'program') backend.removeProgram(id);
    else if (what === 'broadcast') backend.removeBroadcast(id);
    else if (what === 'cachedRdd') {
      this.#handover.forgetRdd(id);
      backend.removeCachedRdd(id);
    } else backend.removeShuffle(id);
  }

  #report(event: BackendEvent): void {
    if (event.kind === 'taskEnded') this.#gated?.ended(event.taskId, event.outcome.kind);
    else if (event.kind === 'slotLost') this.#gated?.slotLost(event.slot);
    else if (event.kind === 'blockUpdated') this.#handover.note(event.update);
    this.#reports.add(event);
  }

  #send(reports: ExecutorReports): void {
    try {
      this.#connection.send(reports);
    } catch (error) {
      // Nothing is that large; if something were, the driver must not wait for it for ever.
      this.#end((error as Error).message);
    }
  }

  async #beat(intervalMs: number): Promise<void> {
    const { workDir, config } = this.#options;
    if (workDir !== undefined && !existsSync(workDir)) {
      this.#end(`its work directory ${workDir} has vanished`);
      return;
    }
    try {
      const heartbeat = { kind: 'heartbeat', metrics: this.#metrics() };
      await this.#connection.request(heartbeat, { timeoutMs: intervalMs });
      this.#lastAnswerAt = performance.now();
    } catch {
      const silentMs = performance.now() - this.#lastAnswerAt;
      if (silentMs > config.get('network.timeout'))
        this.#end(`the driver has not answered for ${Math.round(silentMs / 1000)} s`);
    }
  }

  #metrics(): ExecutorMetrics {
    const { user, system } = process.cpuUsage();
    return {
      residentBytes: process.memoryUsage.rss(),
      cpuTimeMs: (user + system) / 1000,
      shuffleBytes: this.#backend.outputs.memoryBytes,
    };
  }
}

/** What one of several events may take, so that a message can hold them. */
function partOfMessage(config: Config): number {
  return Math.floor(config.get('rpc.message.maxSize') / 4);
}

/** The driver has told what packages are needed; threads find them where they were put. */
const NO_PACKAGES: readonly PackageUse[] = [];

function reasonOf(end: ConnectionEnd): string | undefined {
  return end.kind === 'closed' ? undefined : `the connection with the driver: ${end.reason}`;
}

/** No other way ends a process with a thread that is stuck in native code. */
function endAtOnce(reason: string): void {
  process.stderr.write(`executor ends: ${reason}, nor did its thread\n`);
  process.kill(process.pid, 'SIGKILL');
}

/** When the driver was killed, nobody else tidies up. */
function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Something of somebody else is in it, or it is gone.
  }
}

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const copy = new SharedArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

import { tmpdir } from 'node:os';
import { mapStack } from '@firesteel/closure';
import {
  type ConfigInput,
  invalidArgument,
  type OptionKind,
  optionsOf,
  registerLiveContext,
  resolveConfig,
} from '@firesteel/common';
import { FiresteelContext as BaseContext, locateCall } from '@firesteel/rdd';
import {
  type ApplicationStart,
  ListenerBus,
  type PoolOptions,
  type StatusTracker,
} from '@firesteel/scheduler';
import { AddedFiles } from './added-files.js';
import { createBackend } from './create-backend.js';
import { DriverEngine } from './driver-engine.js';
import { describeApplication } from './environment.js';
import { Monitoring } from './monitoring.js';

/** How to start a context; all of it may also come from the command line or a file. */
export interface CreateOptions {
  /** Where to run, such as `local[*]`; the configuration key `master`. */
  readonly master?: string;
  /** The name of the application in messages; the configuration key `app.name`. */
  readonly appName?: string;
  /** Further configuration by key, with or without `spark.` in front. */
  readonly conf?: ConfigInput;
}

const createOptionKinds = { master: 'string', appName: 'string', conf: 'object' } satisfies Record<
  keyof CreateOptions,
  OptionKind
>;

const poolOptionKinds = {
  schedulingMode: ['FIFO', 'FAIR'],
  weight: 'number',
  minShare: 'number',
} satisfies Record<keyof PoolOptions, OptionKind>;

/** What surrounds the engine of a context. */
interface Parts {
  readonly events: ListenerBus;
  readonly monitoring: Monitoring;
  readonly application: ApplicationStart;
}

/**
 * The entry to Firesteel: creates RDDs and runs their jobs on the worker threads that it owns.
 *
 * @example
 * const sc = await FiresteelContext.create({ master: 'local[*]', appName: 'squares' });
 * console.log(await sc.range(10).map((x) => x * x).sum());
 * await sc.stop();
 */
export class FiresteelContext extends BaseContext {
  /** What happens to jobs, stages and tasks, as typed events. */
  readonly events: ListenerBus;
  /** Unique among the applications of a cluster, such as `local-1764158400000-3f2a1c`. */
  readonly applicationId: string;
  /** When the context was started, in milliseconds since the Unix epoch. */
  readonly startTime: number;
  readonly #monitoring: Monitoring;
  readonly #engine: DriverEngine;
  readonly #unregister: () => void;

  private constructor(
    engine: DriverEngine,
    { events, monitoring, application }: Parts,
    info: ConstructorParameters<typeof BaseContext>[1],
  ) {
    super(engine, info);
    this.#engine = engine;
    this.events = events;
    this.#monitoring = monitoring;
    this.applicationId = application.appId;
    this.startTime = application.time;
    this.#unregister = registerLiveContext({
      events: { on: (kind, listener) => events.on(kind, listener as never) },
      get uiWebUrl() {
        return monitoring.url();
      },
      cancelAllJobs: (reason) => this.cancelAllJobs(reason),
      stop: () => this.stop(),
    });
  }

  /**
   * Starts a context: its threads come up in the background, so that a job can be defined
   * meanwhile. Options given here win over the command line of `firesteel submit`, that over a
   * properties file, that over `FIRESTEEL_CONF_…` variables, and those over the defaults.
   *
   * @throws FiresteelError INVALID_MASTER, UNKNOWN_CONFIG_KEY, INVALID_CONFIG_VALUE, PATH_NOT_READABLE
   *   for a file that the configuration names, OUTPUT_FAILED for an event log, or what `addFile`
   *   throws for the paths of the key `files`
   */
  static async create(options: CreateOptions = {}): Promise<FiresteelContext> {
    const { conf, master, appName } = optionsOf(
      options,
      createOptionKinds,
      'FiresteelContext.create',
    );
    const config = resolveConfig({
      ...conf,
      ...(master !== undefined && { master }),
      ...(appName !== undefined && { 'app.name': appName }),
    });
    const events = new ListenerBus();
    const application = describeApplication(config);
    const monitoring = await Monitoring.start({
      config,
      bus: events,
      application,
      control: {
        cancelJob: (jobId, reason) => engine.cancelJob(jobId, reason),
        cancelStage: (stageId, reason) => engine.cancelStage(stageId, reason),
      },
    });
    let engine: DriverEngine;
    try {
      const files = new AddedFiles(config.get('local.dir') ?? [tmpdir()]);
      const backend = await createBackend(config, files.directory, application.appId);
      engine = new DriverEngine(config, backend, files, events);
    } catch (error) {
      await monitoring.stop();
      throw error;
    }
    const parts = { events, monitoring, application };
    const context = new FiresteelContext(engine, parts, {
      appName: config.get('app.name'),
      master: config.text('master') ?? 'local[*]',
      defaultMinPartitions: engine.defaultMinPartitions,
      takeGrowth: {
        initialPartitions: config.get('rdd.limit.initialNumPartitions'),
        scaleUpFactor: config.get('rdd.limit.scaleUpFactor'),
      },
      locate: (stack) => locateCall(mapStack(stack)),
    });
    try {
      for (const path of config.get('files') ?? [])
        await context.addFile(path, { recursive: true });
    } catch (error) {
      await context.stop();
      throw error;
    }
    return context;
  }

  /**
   * The address of the web pages of this context, which are served from now on at the latest:
   * otherwise they begin a second after the context. Undefined if `ui.enabled` is false, or if they
   * could not be served, of which a warning tells.
   */
  get uiWebUrl(): Promise<string | undefined> {
    return this.#monitoring.url();
  }

  /** What runs, and what ran lately. */
  get statusTracker(): StatusTracker {
    return this.#engine.statusTracker;
  }

  /**
   * Describes a pool of jobs for the configuration `scheduler.mode=FAIR`; in FIFO mode it has no
   * effect. Jobs choose their pool by the local property `scheduler.pool`; without it they are in
   * the pool `default`. A pool that was never described has weight 1, no minimal share, and its
   * jobs run first in, first out.
   *
   * @throws FiresteelError INVALID_ARGUMENT for a weight below 1, a minimal share below 0, numbers
   *   that are not whole, or a mode other than FIFO and FAIR
   * @example
   * sc.setPool('interactive', { weight: 3, minShare: 1 });
   */
  setPool(name: string, options: PoolOptions = {}): void {
    const given = optionsOf(options, poolOptionKinds, 'setPool');
    const { schedulingMode = 'FIFO', weight = 1, minShare = 0 } = given;
    if (typeof name !== 'string' || name === '')
      throw invalidArgument('The name of a pool', 'a non-empty string', name);
    for (const [what, value, least] of [
      ['weight', weight, 1],
      ['minShare', minShare, 0],
    ] as const)
      if (!Number.isSafeInteger(value) || value < least)
        throw invalidArgument(`${what} of pool ${name}`, `a whole number from ${least}`, value);
    this.#engine.setPool(name, { schedulingMode, weight, minShare });
  }

  /** Cancels all jobs that run or wait; their actions reject with JOB_CANCELLED. */
  cancelAllJobs(reason = 'all jobs were cancelled'): void {
    this.#engine.cancelJobs(() => true, reason);
  }

  /** Ends running jobs with CONTEXT_STOPPED and the threads with them. May be called again. */
  override async stop(): Promise<void> {
    await super.stop();
    await this.#monitoring.stop();
    this.#unregister();
  }
}

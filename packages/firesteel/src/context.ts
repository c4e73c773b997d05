import { mapStack } from '@firesteel/closure';
import { type ConfigInput, registerLiveContext, resolveConfig } from '@firesteel/common';
import { FiresteelContext as BaseContext, locateCall } from '@firesteel/rdd';
import type { ListenerBus } from '@firesteel/scheduler';
import { LocalEngine } from './local-engine.js';

/** How to start a context; all of it may also come from the command line or a file. */
export interface CreateOptions {
  /** Where to run, such as `local[*]`; the configuration key `master`. */
  readonly master?: string;
  /** The name of the application in messages; the configuration key `app.name`. */
  readonly appName?: string;
  /** Further configuration by key, with or without `spark.` in front. */
  readonly conf?: ConfigInput;
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
  readonly #engine: LocalEngine;
  readonly #unregister: () => void;

  private constructor(engine: LocalEngine, info: ConstructorParameters<typeof BaseContext>[1]) {
    super(engine, info);
    this.#engine = engine;
    this.events = engine.listenerBus;
    this.#unregister = registerLiveContext({
      events: { on: (kind, listener) => engine.listenerBus.on(kind, listener as never) },
      cancelAllJobs: (reason) => this.cancelAllJobs(reason),
      stop: () => this.stop(),
    });
  }

  /**
   * Starts a context: its threads come up in the background, so that a job can be defined
   * meanwhile. Options given here win over the command line of `firesteel submit`, that over a
   * properties file, that over `FIRESTEEL_CONF_…` variables, and those over the defaults.
   *
   * @throws FiresteelError INVALID_MASTER, UNKNOWN_CONFIG_KEY or INVALID_CONFIG_VALUE
   */
  static async create(options: CreateOptions = {}): Promise<FiresteelContext> {
    const config = resolveConfig({
      ...options.conf,
      ...(options.master === undefined ? {} : { master: options.master }),
      ...(options.appName === undefined ? {} : { 'app.name': options.appName }),
    });
    const engine = new LocalEngine(config);
    return new FiresteelContext(engine, {
      appName: config.get('app.name'),
      master: config.text('master') ?? 'local[*]',
      defaultMinPartitions: engine.defaultMinPartitions,
      takeGrowth: {
        initialPartitions: config.get('rdd.limit.initialNumPartitions'),
        scaleUpFactor: config.get('rdd.limit.scaleUpFactor'),
      },
      locate: (stack) => locateCall(mapStack(stack)),
    });
  }

  /** Cancels all jobs that run or wait; their actions reject with JOB_CANCELLED. */
  cancelAllJobs(reason = 'all jobs were cancelled'): void {
    this.#engine.cancelAllJobs(reason);
  }

  /** Ends running jobs with CONTEXT_STOPPED and the threads with them. May be called again. */
  override async stop(): Promise<void> {
    await super.stop();
    this.#unregister();
  }
}

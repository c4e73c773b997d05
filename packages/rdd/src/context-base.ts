import { FiresteelError, maskedValue } from '@firesteel/common';
import { type CallSite, type ClosureRefusal, closureTag } from '@firesteel/plan';
import { captureCallSite, type LocateCall } from './call-site.js';
import type { Engine } from './engine.js';
import type { TakeGrowth } from './take.js';

/** What a context is told when it is made. */
export interface ContextInfo {
  readonly appName: string;
  readonly master: string;
  /** The partitions that `textFile` asks for when nobody says otherwise. */
  readonly defaultMinPartitions: number;
  /** How `take` and `first` widen their search; 1 partition, then 4 times more, by default. */
  readonly takeGrowth?: TakeGrowth;
  /** Finds user lines in stack traces with source maps; without it traces are taken as they are. */
  readonly locate?: LocateCall;
}

/**
 * What a context is: a name, an engine and a life time. What one can do with it stands in layers
 * above this class, one for each topic, and `FiresteelContext` is the topmost of them.
 */
export abstract class ContextBase {
  readonly appName: string;
  /** Where jobs run, such as `local[4]`. */
  readonly master: string;
  /** How many partitions `textFile` asks for by default. */
  readonly defaultMinPartitions: number;
  /** The port to the engine. Jobs have no use for it. */
  readonly engine: Engine;
  /** How `take` widens its search. */
  readonly takeGrowth: TakeGrowth;
  readonly #locate: LocateCall | undefined;
  #stopping: Promise<void> | undefined;

  constructor(engine: Engine, info: ContextInfo) {
    this.engine = engine;
    this.appName = info.appName;
    this.master = info.master;
    this.defaultMinPartitions = info.defaultMinPartitions;
    this.takeGrowth = info.takeGrowth ?? { initialPartitions: 1, scaleUpFactor: 4 };
    this.#locate = info.locate;
  }

  /** The partitions of `parallelize` and `range` by default: the number of task slots. */
  get defaultParallelism(): number {
    return this.engine.defaultParallelism;
  }

  /** True from the first call of `stop`. */
  get isStopped(): boolean {
    return this.#stopping !== undefined;
  }

  /** Such as `FiresteelContext(report on local[4])`. */
  toString(): string {
    const end = this.isStopped ? ', stopped' : '';
    const master = maskedValue('master', this.master);
    return `FiresteelContext(${this.appName} on ${master}${end})`;
  }

  /** Not what it is made of, which is long and holds secrets. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  get [closureTag](): ClosureRefusal {
    return {
      kind: 'refuse',
      what: 'the FiresteelContext',
      advice: 'Contexts exist on the driver only. Make RDDs outside of the function.',
      code: 'RDD_IN_TASK',
    };
  }

  /**
   * Ends the application: running jobs are cancelled, threads and memory given back. Further calls
   * wait for the same end. Every later action or creation of an RDD fails with CONTEXT_STOPPED.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.engine.stop();
    return this.#stopping;
  }

  /** `await using sc = await FiresteelContext.create()` stops the context at the end of the block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** @throws FiresteelError CONTEXT_STOPPED after `stop` */
  assertRunning(method: string): void {
    if (this.isStopped)
      throw new FiresteelError(
        'CONTEXT_STOPPED',
        `${method} was called after the context of ${this.appName} was stopped. Create a new one.`,
        { data: { method } },
      );
  }

  /** The place of a call of `method` in user code. */
  callSite(method: (...args: never[]) => unknown): CallSite {
    return captureCallSite(method, this.#locate);
  }
}

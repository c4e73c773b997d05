import { FiresteelError, type OptionKind, shown } from '@firesteel/common';
import type { Engine, EngineJob, JobRequest } from './engine.js';

/** Options of every action. */
export interface ActionOptions {
  /** Cancels the action when it aborts; aborted already, the action rejects without running. */
  readonly signal?: AbortSignal | undefined;
}

export const actionOptionKinds = { signal: 'signal' } satisfies Record<
  keyof ActionOptions,
  OptionKind
>;

/**
 * The result of an action that may still run. It is awaited like any promise.
 *
 * @example
 * const counting = lines.count();
 * process.once('SIGINT', () => counting.cancel('interrupted'));
 * console.log(await counting);
 */
export class JobPromise<T> implements Promise<T> {
  readonly [Symbol.toStringTag] = 'JobPromise';
  readonly #promise: Promise<T>;
  readonly #run: JobRun;

  constructor(promise: Promise<T>, run: JobRun) {
    this.#promise = promise;
    this.#run = run;
  }

  /**
   * The id of the job that runs or ran last; undefined before the first one. Most actions run one
   * job; `take`, `first` and `isEmpty` may run several, one after the other.
   */
  get jobId(): number | undefined {
    return this.#run.jobId;
  }

  /**
   * Stops the tasks of the action at their next chunk of rows; the promise then rejects with
   * JOB_CANCELLED. Does nothing when the action has ended.
   */
  cancel(reason?: string): void {
    this.#run.cancel(reason);
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise.then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#promise.catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.#promise.finally(onFinally);
  }
}

/** The jobs of one action: one after the other, and none after a cancellation. */
export class JobRun {
  readonly #engine: Engine;
  #job: EngineJob | undefined;
  #cancellation: FiresteelError | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get jobId(): number | undefined {
    return this.#job?.jobId;
  }

  /** Submits before it returns, so that functions are captured as they are at the call. */
  async results(request: JobRequest): Promise<unknown[]> {
    this.throwIfCancelled();
    this.#job = this.#engine.submit(request);
    try {
      return await this.#job.results;
    } catch (error) {
      if (FiresteelError.is(error, 'JOB_CANCELLED')) this.throwIfCancelled();
      throw error;
    }
  }

  cancel(reason?: string, cause?: unknown): void {
    if (this.#cancellation !== undefined) return;
    const why = reason === undefined ? '' : ` (${reason})`;
    this.#cancellation = new FiresteelError('JOB_CANCELLED', `The job was cancelled${why}.`, {
      ...(cause !== undefined && { cause }),
      data: { jobId: this.jobId, reason },
    });
    this.#job?.cancel(reason);
  }

  throwIfCancelled(): void {
    if (this.#cancellation !== undefined) throw this.#cancellation;
  }
}

/**
 * Runs an action: `body` begins at once and submits jobs to `run`. Whatever is wrong, also with
 * the arguments, rejects the promise; nothing is thrown.
 *
 * @param options gives the options, or throws if they are wrong
 */
export function startAction<T>(
  engine: Engine,
  options: () => ActionOptions,
  body: (run: JobRun) => Promise<T>,
  run = new JobRun(engine),
): JobPromise<T> {
  const start = async () => {
    const { signal } = options();
    const abort = () => {
      const reason: unknown = signal?.reason;
      run.cancel(reason instanceof Error ? reason.message : shown(reason), reason);
    };
    if (signal?.aborted === true) abort();
    run.throwIfCancelled();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await body(run);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  };
  return new JobPromise(start(), run);
}

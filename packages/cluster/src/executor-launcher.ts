import type { ExecutorTarget } from '@firesteel/plan';

/** How to start an executor process: `firesteel` with these arguments in this environment. */
export interface ExecutorCommandLine {
  readonly arguments: readonly string[];
  /** To be added to the environment. Holds the secret: it must not be printed. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What a launcher tells the driver. */
export interface LauncherEvents {
  /** The command of an executor that is about to be started; its id is never used again. */
  commandFor(executorId: string): ExecutorCommandLine;
  /** A process that was started has ended, for whatever reason. */
  ended(executorId: string, reason: string): void;
  /**
   * The place where it runs is about to go: it is to hand over what it has and to end. Of one that
   * has not registered, the launcher takes care itself.
   */
  leaving(executorId: string): void;
  /** Why executors that are wanted do not come, each time it is known better; undefined if they do. */
  waiting(reason: string | undefined): void;
  /** Executors cannot be started, or end too often: the launcher has given up. */
  failed(error: Error): void;
}

/**
 * Where executor processes come from: this host, or a cluster manager. It keeps as many running as
 * are wanted and replaces those that end; the processes connect to the driver by themselves.
 */
export interface ExecutorLauncher {
  /** Tasks at the same time on all executors, if there can be no more. */
  readonly maxSlots?: number;
  /** Gets ready; the first executors are asked for by `setTarget`. */
  start(events: LauncherEvents): void;
  /**
   * How many executors there should be, `Infinity` for as many as there is room for. More are
   * started as soon as possible, where the weights say if that can be chosen; none is ended.
   */
  setTarget(target: ExecutorTarget): void;
  /** A process that was started has connected to the driver. */
  registered?(executorId: string): void;
  /**
   * A process gets its first task. What ends from then on counts as failures of its tasks; those
   * that end before, again and again, would be replaced for ever.
   */
  worked?(executorId: string): void;
  /** Asks a process that has nothing to do to end: no failure, and replaced only below the target. */
  retire(executorId: string): void;
  /** Ends a process at once; it counts as ended, and is replaced while the target asks for it. */
  kill(executorId: string): void;
  /** Ends all processes. Resolves when none is left. */
  stop(): Promise<void>;
}

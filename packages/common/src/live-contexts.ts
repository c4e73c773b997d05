/** The parts of a stage's events that a progress display needs. */
export interface StageProgressEvents {
  on(
    kind: 'stageSubmitted',
    listener: (event: { stageId: number; name: string; numTasks: number }) => void,
  ): unknown;
  on(
    kind: 'stageCompleted',
    listener: (event: { stageId: number; failureReason: string | undefined }) => void,
  ): unknown;
  on(kind: 'taskStart', listener: (event: { stageId: number }) => void): unknown;
  on(
    kind: 'taskEnd',
    listener: (event: {
      stageId: number;
      partition: number;
      outcome: string;
      reason: string | undefined;
      metrics:
        | {
            rowsRead: number;
            bytesRead: number;
            shuffleRowsRead: number;
            shuffleBytesRead: number;
            diskBytesSpilled: number;
          }
        | undefined;
    }) => void,
  ): unknown;
}

/** What the command line needs of a running context: to watch it, to interrupt it, to end it. */
export interface LiveContext {
  readonly events: StageProgressEvents;
  /** Of its web pages, which are served from now on; undefined if there are none. */
  readonly uiWebUrl: Promise<string | undefined>;
  /** Cancels all jobs that run or wait; their actions reject with JOB_CANCELLED. */
  cancelAllJobs(reason: string): void;
  stop(): Promise<void>;
}

const live = new Set<LiveContext>();
const watchers = new Set<(context: LiveContext) => void>();

/** Called by a context when it starts; the returned function is called when it has stopped. */
export function registerLiveContext(context: LiveContext): () => void {
  live.add(context);
  for (const watcher of watchers) watcher(context);
  return () => live.delete(context);
}

/** The contexts of this process that were started and not stopped. */
export function liveContexts(): readonly LiveContext[] {
  return [...live];
}

/** Calls `watcher` for each context that starts from now on; returns the way to end that. */
export function watchLiveContexts(watcher: (context: LiveContext) => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

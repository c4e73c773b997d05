import { liveContexts } from '@firesteel/common';

/** How the end of a job is told to its surroundings. */
export interface JobEnd {
  /** The job threw; the process exits with 1 afterwards. */
  failed(error: unknown): void;
  /** The job is through and its contexts are stopped, or the process is about to exit. */
  ended(): void;
}

const exitFailed = 1;
/** As Node itself: a top-level await that can never be fulfilled. */
const exitUnsettled = 13;
const exitBySignal = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Runs a compiled job in this process and sees to it that the process ends as the job would have
 * ended it alone: when nothing is left to do, with the job's exit code, contexts that it forgot
 * stopped; at once and with 1 when an error is not caught; after cancelling its jobs on the
 * first Ctrl-C, immediately on the second.
 * @param url of the compiled module
 */
export async function runJob(url: string, end: JobEnd): Promise<void> {
  let finished = false;
  let ending = false;

  const finish = async (): Promise<void> => {
    await stopContexts();
    end.ended();
  };
  const fail = async (error: unknown): Promise<void> => {
    if (ending) return;
    ending = true;
    end.failed(error);
    await finish();
    process.exit(exitFailed);
  };

  // A job that handles these itself, by a listener of its own, is left alone.
  process.on('uncaughtException', (error) => {
    if (process.listenerCount('uncaughtException') === 1) void fail(error);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) > 1) return;
      if (ending) process.exit(exitBySignal[signal]);
      ending = true;
      for (const context of liveContexts()) context.cancelAllJobs(`interrupted by ${signal}`);
      void finish().finally(() => process.exit(exitBySignal[signal]));
    });
  }
  process.on('beforeExit', () => {
    if (ending) return;
    ending = true;
    if (!finished) {
      process.exitCode = exitUnsettled;
      end.failed(new Error('The job waits at its top level for something that never happens.'));
    }
    void finish();
  });

  try {
    await import(url);
    finished = true;
  } catch (error) {
    await fail(error);
  }
}

/** Stops what the job left open. An error while stopping must not hide how the job ended. */
async function stopContexts(): Promise<void> {
  await Promise.allSettled(liveContexts().map((context) => context.stop()));
}

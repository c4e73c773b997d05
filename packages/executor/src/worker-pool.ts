import { Piscina } from 'piscina';
import type { ThreadStart } from './thread/messages.js';

/** A set of threads, each of which runs `threadMain` from start to stop. */
export interface WorkerPool {
  /** Starts `threadMain` on one more thread; settles when that thread stops or dies. */
  runThread(start: ThreadStart): Promise<void>;
  close(): Promise<void>;
}

/**
 * Threads hosted by piscina. Its queue is not used (a thread has one task, which lasts as long as
 * the thread), and its Atomics mode is off, since it would park the event loop that the threads
 * take their commands from.
 */
export function createWorkerPool(threads: number, maxHeapMb?: number): WorkerPool {
  const pool = new Piscina({
    filename: new URL('./thread/thread-main.js', import.meta.url).href,
    name: 'threadMain',
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 1,
    atomics: 'disabled',
    recordTiming: false,
    ...(maxHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
  });
  return {
    runThread: (start) => pool.run(start, { transferList: [start.port] }),
    close: () => pool.destroy(),
  };
}

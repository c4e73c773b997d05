import type { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { ThreadHeap } from './process-storage.js';
import type { ThreadStart } from './thread/messages.js';

interface PoolThread {
  /** Rejects when the thread has ended. */
  readonly ended: Promise<never>;
  /** Ends the thread, whatever its JavaScript does. */
  terminate(): void;
}

/** A set of threads, each of which runs `threadMain` from start to stop. */
export interface WorkerPool {
  /** Starts `threadMain` on one more thread. */
  runThread(start: ThreadStart): PoolThread;
  close(): Promise<void>;
}

/**
 * Threads hosted by piscina. Its queue is not used: each thread gets one task, which only hands
 * it its port, since an unfinished task would keep the process alive while nothing runs. Its
 * Atomics mode is off, since it would park the event loop that the threads take commands from.
 */
export function createWorkerPool(threads: number, heap?: ThreadHeap): WorkerPool {
  const taken = new Set<number>();
  const pool = new Piscina({
    filename: new URL('./thread/thread-main.js', import.meta.url).href,
    name: 'threadMain',
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 1,
    atomics: 'disabled',
    recordTiming: false,
    loadBalancer: (_task, workers) => {
      const free = workers.find(({ id }) => !taken.has(id)) ?? null;
      if (free !== null) taken.add(free.id);
      return free;
    },
    ...(heap && {
      resourceLimits: {
        maxOldGenerationSizeMb: heap.maxHeapMib,
        maxYoungGenerationSizeMb: heap.maxYoungMib,
      },
    }),
  });
  // Each thread's own error is reported below.
  pool.on('error', () => {});
  return {
    runThread: (start) => {
      let thread: Worker | undefined;
      const ended = pool.run(start, { transferList: [start.port] }).then((threadId) => {
        thread = pool.threads.find((candidate) => candidate.threadId === threadId);
        return new Promise<never>((_, reject) => {
          if (thread === undefined) reject(new Error('the thread died while it started'));
          thread
            ?.once('error', reject)
            .once('exit', (code) => reject(new Error(`the thread exited with code ${code}`)));
        });
      });
      return { ended, terminate: () => void thread?.terminate() };
    },
    close: () => pool.destroy(),
  };
}

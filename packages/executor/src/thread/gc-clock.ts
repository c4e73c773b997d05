import { GCProfiler } from 'node:v8';

/** Reading the profiler is not for each of many short tasks. */
const MIN_INTERVAL_MS = 250;

/** How long this thread collects garbage. */
export class GcClock {
  private profiler = started();
  private startedAt = performance.now();

  /** Milliseconds since the last call; 0 if that was a moment ago, and the next call tells them. */
  take(): number {
    const now = performance.now();
    if (now - this.startedAt < MIN_INTERVAL_MS) return 0;
    const { statistics } = this.profiler.stop();
    this.profiler = started();
    this.startedAt = now;
    let micros = 0;
    for (const { cost } of statistics) micros += cost;
    return micros / 1000;
  }
}

function started(): GCProfiler {
  const profiler = new GCProfiler();
  profiler.start();
  return profiler;
}

import type { ExecutorHandle } from './executor-handle.js';

export interface HeartbeatWatchOptions {
  /** How often executors give a sign of life. */
  readonly heartbeatIntervalMs: number;
  /** After so long a silence an executor counts as lost. */
  readonly timeoutMs: number;
  readonly executors: () => Iterable<ExecutorHandle>;
  readonly silent: (executorId: string, reason: string) => void;
}

/** Looks again and again for executors that are silent; returns what ends that. */
export function watchHeartbeats(options: HeartbeatWatchOptions): () => void {
  const { heartbeatIntervalMs, timeoutMs, executors, silent } = options;
  const intervalMs = Math.min(heartbeatIntervalMs, timeoutMs / 2);
  let lastTickAt = performance.now();
  const watch = setInterval(() => {
    const now = performance.now();
    // A driver that was busy itself has not read what executors have sent meanwhile.
    const wasBusy = now - lastTickAt > intervalMs + timeoutMs / 4;
    lastTickAt = now;
    if (wasBusy) return;
    for (const { id, lastSignAt } of [...executors()])
      if (now - lastSignAt > timeoutMs)
        silent(id, `it has given no sign of life for ${Math.round(timeoutMs / 1000)} s`);
  }, intervalMs);
  watch.unref();
  return () => clearInterval(watch);
}

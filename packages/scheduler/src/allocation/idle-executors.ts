/** How long an executor without tasks is kept. In milliseconds; `Infinity` for ever. */
export interface IdleSettings {
  readonly minExecutors: number;
  readonly idleTimeoutMs: number;
  /** With cached partitions. */
  readonly cachedIdleTimeoutMs: number;
  /** With map outputs that only unfinished jobs of the past have used. */
  readonly shuffleTimeoutMs: number;
}

/** What would be lost with an executor. */
export interface Holdings {
  readonly hasCachedBlocks: boolean;
  /** Map outputs that a running job may read. */
  readonly hasActiveShuffles: boolean;
  /** Map outputs that a later job may read. */
  readonly hasShuffles: boolean;
}

/** An executor without tasks. */
export interface IdleExecutor {
  readonly executorId: string;
  readonly idleSinceMs: number;
}

/**
 * The executors to end, those first that have been idle longest: as many as leave the target and the
 * minimum. One that holds cached partitions or map outputs is kept longer, and one whose map outputs
 * a running job may read is not idle at all.
 */
export function executorsToEnd(
  idle: readonly IdleExecutor[],
  counts: { readonly live: number; readonly target: number },
  holdingsOf: (executorId: string) => Holdings,
  settings: IdleSettings,
  nowMs: number,
): string[] {
  const spare = counts.live - Math.max(counts.target, settings.minExecutors);
  const ended: string[] = [];
  const byAge = [...idle].sort((a, b) => a.idleSinceMs - b.idleSinceMs);
  for (const { executorId, idleSinceMs } of byAge) {
    if (ended.length >= spare) break;
    const idleMs = nowMs - idleSinceMs;
    // Most are busy or young: what they hold is not even looked up.
    if (idleMs < leastTimeout(settings)) break;
    if (idleMs >= timeoutOf(holdingsOf(executorId), settings)) ended.push(executorId);
  }
  return ended;
}

function leastTimeout(settings: IdleSettings): number {
  const { idleTimeoutMs, cachedIdleTimeoutMs, shuffleTimeoutMs } = settings;
  return Math.min(idleTimeoutMs, cachedIdleTimeoutMs, shuffleTimeoutMs);
}

function timeoutOf(holdings: Holdings, settings: IdleSettings): number {
  if (holdings.hasActiveShuffles) return Number.POSITIVE_INFINITY;
  if (!holdings.hasCachedBlocks && !holdings.hasShuffles) return settings.idleTimeoutMs;
  return Math.min(
    holdings.hasCachedBlocks ? settings.cachedIdleTimeoutMs : Number.POSITIVE_INFINITY,
    holdings.hasShuffles ? settings.shuffleTimeoutMs : Number.POSITIVE_INFINITY,
  );
}

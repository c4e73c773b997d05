import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';

/** How often a running output touches its directory of attempts. */
const HEARTBEAT_MS = 60_000;
/** Far longer than any pause of a driver or difference of clocks. */
const STALE_MS = 24 * 60 * 60_000;

/** Shows others that an output is still running, until the function it gives is called. */
export function keepFresh(attempts: string): () => void {
  const timer = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(attempts, now, now);
    } catch {
      // Whoever removed it makes the commit fail.
    }
  }, HEARTBEAT_MS).unref();
  return () => clearInterval(timer);
}

/** True for a directory that nobody has touched for a day. */
export function isStale(directory: string): boolean {
  const stats = statSync(directory, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS;
}

/**
 * Removes the attempts of outputs whose driver has crashed: of those that gave no sign of life for
 * a day. Best effort; should such an output be running after all, its commit fails.
 */
export function removeStaleAttempts(temporary: string): void {
  let ids: string[];
  try {
    ids = readdirSync(temporary);
  } catch {
    return;
  }
  for (const id of ids) {
    const attempts = path.join(temporary, id);
    try {
      if (isStale(attempts)) rmSync(attempts, { recursive: true, force: true });
    } catch {}
  }
}

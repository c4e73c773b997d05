import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { FiresteelError } from '@firesteel/common';
import { describeSystemError } from './file-errors.js';
import { isStale } from './stale-attempts.js';

/**
 * A swap of directories that is under way lies beside its target, in a hidden directory of its
 * own: the new one in `new/<name of the target>`, the old one in `old/<name of the target>`.
 */
const PREFIX = '.firesteel-';

/**
 * Replaces a directory by a new one that `fill` makes complete beside it. The old one is removed
 * only when the new one has taken its place, and put back when it cannot.
 *
 * @throws FiresteelError OUTPUT_FAILED that says where the old data lies when not even that works;
 *   and whatever `fill` or the file system throws
 */
export function replaceDirectory(target: string, fill: (directory: string) => void): void {
  const aside = mkdtempSync(path.join(path.dirname(target), PREFIX));
  const name = path.basename(target);
  const fresh = path.join(aside, 'new', name);
  const old = path.join(aside, 'old', name);
  let mayRemove = true;
  try {
    mkdirSync(path.dirname(old));
    mkdirSync(fresh, { recursive: true });
    fill(fresh);
    renameSync(target, old);
    mayRemove = false;
    try {
      renameSync(fresh, target);
    } catch (error) {
      putBack(old, target, error);
      mayRemove = true;
      throw error;
    }
    mayRemove = true;
  } finally {
    if (mayRemove) removeBestEffort(aside);
  }
}

function putBack(old: string, target: string, cause: unknown): void {
  try {
    renameSync(old, target);
  } catch (error) {
    throw new FiresteelError(
      'OUTPUT_FAILED',
      `Could not replace output directory ${JSON.stringify(target)}: ${describeSystemError(cause)}. The old data could not be put back either: ${describeSystemError(error)}. It is kept in ${JSON.stringify(old)}: move it back from there, or start an output to the same path, which does so first.`,
      { cause, data: { path: target, oldData: old } },
    );
  }
}

/** Where the data of a directory lies that is missing since its replacement was interrupted. */
export function interruptedSwap(target: string): string | undefined {
  if (existsSync(target)) return undefined;
  return swapsOf(target)
    .map(({ old }) => old)
    .find(existsSync);
}

/**
 * Puts a directory back that is missing since its replacement was interrupted. Should that be
 * under way in another process at this moment, the other one fails, and nothing is lost.
 *
 * @throws the error of the file system
 */
export function restoreInterruptedSwap(target: string): void {
  const old = interruptedSwap(target);
  if (old === undefined) return;
  renameSync(old, target);
  removeBestEffort(path.dirname(path.dirname(old)));
}

/**
 * Removes what a crash has left of replacements whose new directory had taken its place, or that
 * had not touched the old one yet.
 */
export function removeLeftSwaps(target: string): void {
  if (!existsSync(target)) return;
  for (const { aside, fresh, old } of swapsOf(target)) {
    const isFinished = existsSync(old) && !existsSync(fresh);
    const isUnused = existsSync(fresh) && !existsSync(old) && isStale(aside);
    if (isFinished || isUnused) removeBestEffort(aside);
  }
}

interface Swap {
  readonly aside: string;
  readonly fresh: string;
  readonly old: string;
}

function swapsOf(target: string): Swap[] {
  const parent = path.dirname(target);
  const name = path.basename(target);
  let names: string[];
  try {
    names = readdirSync(parent);
  } catch {
    return [];
  }
  return names
    .filter((entry) => entry.startsWith(PREFIX))
    .map((entry) => path.join(parent, entry))
    .map((aside) => ({
      aside,
      fresh: path.join(aside, 'new', name),
      old: path.join(aside, 'old', name),
    }));
}

/** What is left is hidden, and goes with the next output to the same path. */
function removeBestEffort(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  } catch {}
}

import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FiresteelError } from '@firesteel/common';
import { outputFailed, systemCode } from './file-errors.js';
import { localPaths } from './input-path.js';

/** Holds the files of tasks that have not committed; readers ignore its name. */
export const TEMPORARY = '_temporary';
const SUCCESS = '_SUCCESS';

/** Output directories being written by this process, each with the first parent made for it. */
const prepared = new Map<string, string>();

/** The absolute path of an output directory; `file:` URLs are accepted. */
export function outputDirectory(directory: string): string {
  const candidates = localPaths(directory);
  return candidates[candidates.length - 1] as string;
}

/**
 * Begins a text output, on the driver: creates the directory (with its parents) for which
 * executors then open parts. Ends with `commitTextOutput` or `abortTextOutput`.
 *
 * @throws FiresteelError OUTPUT_EXISTS when there is anything at `directory`; OUTPUT_FAILED
 */
export function prepareTextOutput(directory: string): void {
  const target = outputDirectory(directory);
  const parent = path.dirname(target);
  if (parent === target) throw outputExists(target);
  let firstParent: string | undefined;
  try {
    firstParent = mkdirSync(parent, { recursive: true });
  } catch (error) {
    throw outputFailed(parent, 'create the parent of the output directory', error);
  }
  try {
    mkdirSync(target);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw outputExists(target);
    throw outputFailed(target, 'create output directory', error);
  }
  prepared.set(target, firstParent ?? target);
  try {
    mkdirSync(path.join(target, TEMPORARY));
  } catch (error) {
    abortTextOutput(target);
    throw outputFailed(target, 'write to output directory', error);
  }
}

function outputExists(target: string): FiresteelError {
  return new FiresteelError(
    'OUTPUT_EXISTS',
    `Output directory ${JSON.stringify(target)} exists already. Delete it or choose another one; nothing is ever overwritten.`,
    { data: { path: target } },
  );
}

/**
 * Ends a text output whose parts are all committed, on the driver: removes what unfinished
 * attempts left and writes the marker `_SUCCESS` last.
 *
 * @throws FiresteelError OUTPUT_FAILED; `abortTextOutput` can still be called then
 */
export function commitTextOutput(directory: string): void {
  const target = outputDirectory(directory);
  try {
    removeTree(path.join(target, TEMPORARY));
    writeFileSync(path.join(target, SUCCESS), '');
  } catch (error) {
    throw outputFailed(target, 'commit output directory', error);
  }
  prepared.delete(target);
}

/**
 * Gives up a text output, on the driver: removes the directory and what parents were created for
 * it, unless something else is in them by now. Does nothing unless this process prepared the
 * output and has not committed it, so it never removes a directory that was there before.
 *
 * @throws FiresteelError OUTPUT_FAILED
 */
export function abortTextOutput(directory: string): void {
  const target = outputDirectory(directory);
  const first = prepared.get(target);
  if (first === undefined) return;
  prepared.delete(target);
  try {
    removeTree(target);
  } catch (error) {
    throw outputFailed(target, 'remove unfinished output directory', error);
  }
  for (let parent = target; parent !== first; ) {
    parent = path.dirname(parent);
    try {
      rmdirSync(parent);
    } catch {
      return;
    }
  }
}

/** Tasks that were told to stop may still be creating files while their directory goes away. */
function removeTree(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

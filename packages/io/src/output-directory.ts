import {
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { FiresteelError, makeDirectory } from '@firesteel/common';
import type { FileOutput, WrittenPart } from '@firesteel/plan';
import { removeLeftSwaps, replaceDirectory, restoreInterruptedSwap } from './directory-swap.js';
import { outputFailed, systemCode } from './file-errors.js';
import {
  attemptsDirectory,
  outputDirectory,
  partName,
  SUCCESS,
  TEMPORARY,
} from './output-paths.js';
import { keepFresh, removeStaleAttempts } from './stale-attempts.js';

/** An output that was begun and has to be ended by one of these, on the driver. */
export interface OutputJob {
  /**
   * Publishes the files of the attempts that count, one for each partition, and the marker
   * `_SUCCESS` last. What other attempts left is removed, and what outputs left that crashed a day
   * ago or more.
   *
   * @throws FiresteelError OUTPUT_FAILED; `abort` must be called then
   */
  commit(parts: readonly WrittenPart[]): void;
  /**
   * Removes what was written, and the directory with its parents as far as they were made for it.
   *
   * @throws FiresteelError OUTPUT_FAILED
   */
  abort(): void;
}

/**
 * Begins an output to a directory, on the driver: checks and creates the directory, in which
 * attempts then write below `_temporary/<id>`. Nothing else appears in it before the commit, which
 * moves the files of one attempt of each partition: it does not matter how many attempts ran.
 *
 * @throws FiresteelError OUTPUT_EXISTS for what the mode does not allow to be there; OUTPUT_FAILED
 */
export function beginOutput(output: FileOutput): OutputJob {
  const target = outputDirectory(output.path);
  const parent = path.dirname(target);
  if (parent === target) throw outputExists(target, 'is the root of the file system');
  const firstMade = makeTarget(output, target, parent);
  const job = new DirectoryOutput(
    output,
    firstMade === undefined ? realpathSync(target) : target,
    firstMade,
  );
  try {
    makeDirectory(attemptsDirectory(output));
  } catch (error) {
    job.abort();
    throw outputFailed(target, 'write to output directory', error);
  }
  return job;
}

/**
 * Makes the directory, unless it is there or can be put back as it was before a crash. Gives the
 * first of it and its parents that was made, undefined if it exists.
 */
function makeTarget({ mode }: FileOutput, target: string, parent: string): string | undefined {
  let firstMade: string | undefined;
  try {
    firstMade = makeDirectory(parent);
  } catch (error) {
    throw outputFailed(parent, 'create the parent of the output directory', error);
  }
  try {
    restoreInterruptedSwap(target);
  } catch (error) {
    throw outputFailed(target, 'restore the data before an interrupted overwrite of', error);
  }
  try {
    // The one call that two jobs cannot both succeed in.
    mkdirSync(target);
    return firstMade ?? target;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST')
      throw outputFailed(target, 'create output directory', error);
  }
  if (mode === 'error')
    throw outputExists(
      target,
      'exists already. Delete it, choose another one, or say { mode: "overwrite" } or "append"',
    );
  if (!existsSync(target) || !lstatSync(realpathSync(target)).isDirectory())
    throw outputExists(target, `is no directory, so that { mode: "${mode}" } does not apply`);
  return undefined;
}

function outputExists(target: string, what: string): FiresteelError {
  return new FiresteelError(
    'OUTPUT_EXISTS',
    `Output directory ${JSON.stringify(target)} ${what}.`,
    {
      data: { path: target },
    },
  );
}

class DirectoryOutput implements OutputJob {
  readonly #attempts: string;
  readonly #temporary: string;
  readonly #stopHeartbeat: () => void;

  /** @param firstMade undefined for a directory that was there before */
  constructor(
    private readonly output: FileOutput,
    private readonly target: string,
    private readonly firstMade: string | undefined,
  ) {
    this.#attempts = attemptsDirectory(output);
    this.#temporary = path.join(target, TEMPORARY);
    this.#stopHeartbeat = keepFresh(this.#attempts);
  }

  commit(parts: readonly WrittenPart[]): void {
    this.#stopHeartbeat();
    try {
      if (this.firstMade === undefined && this.output.mode === 'overwrite') this.#replace(parts);
      else this.#publish(parts);
    } catch (error) {
      if (FiresteelError.is(error)) throw error;
      throw outputFailed(this.target, 'commit output directory', error);
    }
    removeLeftSwaps(this.target);
  }

  abort(): void {
    this.#stopHeartbeat();
    try {
      if (this.firstMade !== undefined) this.#removeMade(this.firstMade);
      else this.#removeAttempts();
    } catch (error) {
      throw outputFailed(this.target, 'remove unfinished output of', error);
    }
  }

  #publish(parts: readonly WrittenPart[]): void {
    const marker = path.join(this.target, SUCCESS);
    const wasMarked = existsSync(marker);
    // Without its marker while files are being added: a crash must not leave half of them marked.
    rmSync(marker, { force: true });
    try {
      this.#moveParts(parts, this.target);
    } catch (error) {
      this.#unpublish(parts, wasMarked ? marker : undefined);
      throw error;
    }
    this.#removeAttempts();
    writeFileSync(marker, '');
  }

  /** Their names are of this output alone: the directory was made by it, or they have its id. */
  #unpublish(parts: readonly WrittenPart[], marker: string | undefined): void {
    for (const { partition } of parts)
      rmSync(path.join(this.target, partName(this.output, partition)), { force: true });
    if (marker !== undefined) writeFileSync(marker, '');
  }

  #replace(parts: readonly WrittenPart[]): void {
    replaceDirectory(this.target, (fresh) => {
      this.#moveParts(parts, fresh);
      writeFileSync(path.join(fresh, SUCCESS), '');
    });
  }

  #moveParts(parts: readonly WrittenPart[], directory: string): void {
    for (const { partition, file = '' } of parts)
      renameSync(
        path.join(this.#attempts, file),
        path.join(directory, partName(this.output, partition)),
      );
  }

  #removeAttempts(): void {
    removeTree(this.#attempts);
    removeStaleAttempts(this.#temporary);
    removeIfEmpty(this.#temporary);
  }

  #removeMade(firstMade: string): void {
    removeTree(this.target);
    for (let parent = this.target; parent !== firstMade; ) {
      parent = path.dirname(parent);
      if (!removeIfEmpty(parent)) return;
    }
  }
}

/** False when something else is in the directory by now. */
function removeIfEmpty(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch {
    return false;
  }
}

/** Tasks that were told to stop may still be creating files while their directory goes away. */
function removeTree(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

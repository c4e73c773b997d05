import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FiresteelError, invalidArgument } from '@firesteel/common';
import { type ClosureCarriage, closureTag } from './closure-tag.js';
import { taskClass } from './task-context.js';

/** Of this process; the driver has one, and each executor. */
let directory = '';

/** Where the files of the application are, for `FiresteelFiles` in this thread. */
export function setFilesDirectory(path: string): void {
  directory = path;
}

/**
 * Finds the files that were added with `sc.addFile` or `--files`: in tasks, and on the driver.
 *
 * @example
 * await sc.addFile('data/stop-words.txt');
 * words.mapPartitions((rows) => {
 *   const stopWords = new Set(readFileSync(FiresteelFiles.get('stop-words.txt'), 'utf8').split('\n'));
 *   return Iterator.from(rows).filter((word) => !stopWords.has(word));
 * });
 */
export class FiresteelFiles {
  /** Functions find the class of the thread that they run in. */
  static readonly [closureTag]: ClosureCarriage = taskClass('FiresteelFiles');

  private constructor() {}

  /**
   * The absolute path of an added file or directory, by the last part of the path with which it was
   * added.
   *
   * @throws FiresteelError INVALID_ARGUMENT for a name that is none, PATH_NOT_FOUND for one that was
   *   not added before the task began
   */
  static get(name: string): string {
    if (typeof name !== 'string' || name === '' || /[/\\\0]|^\.{1,2}$/.test(name))
      throw invalidArgument('The name of an added file', 'a file name without a path', name);
    const path = join(directory, name);
    if (existsSync(path)) return path;
    const known = existsSync(directory) ? readdirSync(directory) : [];
    throw new FiresteelError(
      'PATH_NOT_FOUND',
      `There is no added file ${name}; there ${known.length === 0 ? 'is none' : `are ${known.join(', ')}`}. Add it with sc.addFile(path) or --files before the action.`,
      { data: { name, known } },
    );
  }

  /** The directory in which all added files are. It need not exist while there are none. */
  static getRootDirectory(): string {
    return directory;
  }
}

import { resolve } from 'node:path';
import { invalidArgument } from '@firesteel/common';
import { act } from '../actions.js';
import type { ActionOptions, JobPromise } from '../job-promise.js';
import { iteratePartitions } from '../local-iterator.js';
import { NumberActions } from './number-actions.js';

/** Actions that give rows away: to files and to the driver piece by piece. */
export abstract class OutputActions<T> extends NumberActions<T> {
  /**
   * Writes the rows as lines, `String(row)` and LF in UTF-8, to files `part-00000`, `part-00001`,
   * … in a new directory, one for each partition; `_SUCCESS` comes last, when all are complete.
   *
   * @param path of the directory; relative to the driver's working directory
   * @param options `compression`: `gzip` compresses each file and appends `.gz` to its name
   * @throws FiresteelError OUTPUT_EXISTS if the directory exists, OUTPUT_FAILED if a file cannot
   *   be written (both by rejection); no partial output stays behind
   */
  saveAsTextFile(
    path: string,
    options: ActionOptions & { readonly compression?: 'none' | 'gzip' } = {},
  ): JobPromise<void> {
    return act(this.action(this.saveAsTextFile, options), async (runJob) => {
      const { compression = 'none' } = options;
      if (typeof path !== 'string' || path.trim() === '')
        throw invalidArgument('The path of saveAsTextFile', 'a non-empty string', path);
      if (compression !== 'none' && compression !== 'gzip')
        throw invalidArgument('compression of saveAsTextFile', '"none" or "gzip"', compression);
      await runJob({ kind: 'saveAsText', path: resolve(path), compression });
    });
  }

  /**
   * The rows in order, of which the driver holds one partition at a time: a job computes it when
   * its first row is asked for.
   *
   * @example
   * for await (const row of rdd.toLocalIterator()) console.log(row);
   */
  toLocalIterator(options: ActionOptions = {}): AsyncIterableIterator<T> {
    return iteratePartitions<T>(this.action(this.toLocalIterator, options));
  }

  /** `for await (const row of rdd)`; see `toLocalIterator`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return iteratePartitions<T>(this.action(this.toLocalIterator, {}));
  }
}

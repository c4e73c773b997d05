import { act, takeRows } from '../actions.js';
import { checkInteger } from '../arguments.js';
import type { ActionOptions, JobPromise } from '../job-promise.js';
import { type RowTableOptions, rowTable } from '../row-table.js';
import { ArrowActions } from './arrow-actions.js';

/** Actions that print rows for people. */
export abstract class ShowActions<T> extends ArrowActions<T> {
  /**
   * Prints the first `limit` rows to stdout as a table: objects with a column for each key, pairs
   * as `key` and `value`. Says so when there are more. Reads as little as `take` does.
   *
   * @throws FiresteelError INVALID_ARGUMENT for a limit below 1 (by rejection)
   * @example
   * await counts.show(10);
   */
  show(limit = 20, options: RowTableOptions & ActionOptions = {}): JobPromise<void> {
    const target = this.action(this.show, options, { maxCellWidth: 'number' });
    return act(target, async (runJob) => {
      checkInteger(limit, 'limit of show', 1);
      if (options.maxCellWidth !== undefined)
        checkInteger(options.maxCellWidth, 'maxCellWidth of show', 1);
      const rows = await takeRows<T>(target, runJob, limit + 1);
      const more = rows.length > limit ? `\n… and more; these are the first ${limit} rows` : '';
      process.stdout.write(`${rowTable(rows.slice(0, limit), options)}${more}\n`);
    });
  }
}

import { createNode } from '@firesteel/plan';
import type { Schema, Table, TypeMap } from 'apache-arrow';
import { act, collectRows } from '../actions.js';
import { columnsOfRows } from '../arrow/columns-of-rows.js';
import type { ColumnSlice } from '../arrow/columns-of-table.js';
import type { ActionOptions, JobPromise } from '../job-promise.js';
import { OutputActions } from './output-actions.js';

/** Actions that give tables of Apache Arrow. */
export abstract class ArrowActions<T> extends OutputActions<T> {
  /**
   * The rows, which must be plain objects, as a table of apache-arrow: executors turn them into
   * columns, the driver holds the table. Null, undefined and missing fields are null.
   *
   * Without a schema the columns are the fields of all rows, in the order in which they come:
   * numbers are Float64, bigints Int64, strings Utf8, booleans Bool, dates TimestampMillisecond,
   * byte arrays Binary, arrays List and objects Struct.
   *
   * @param schema the columns to make, of those fields of the rows; other fields are left out
   * @throws FiresteelError UNSUPPORTED_VALUE for a row that is no plain object, and for a value
   *   that its column cannot hold exactly (by rejection)
   * @example
   * writeFileSync('out.arrow', tableToIPC(await rows.toArrow(), 'file'));
   */
  toArrow<R extends object, C extends TypeMap = TypeMap>(
    this: ArrowActions<R>,
    schema?: Schema<C>,
    options: ActionOptions = {},
  ): JobPromise<Table<C>> {
    const target = this.action(this.toArrow, options);
    const { node: parent, callSite } = target;
    return act(target, async (runJob) => {
      const { tableOf } = await import('../arrow/table-of-columns.js');
      const node = createNode({
        kind: 'mapPartitions',
        parents: [parent],
        callSite,
        fn: columnsOfRows,
        withIndex: false,
        preservesPartitioning: false,
      });
      return tableOf(await collectRows<ColumnSlice>(runJob, { node }), schema);
    });
  }
}

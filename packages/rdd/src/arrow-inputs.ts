import type { DataType, Date_, Dictionary, Table, Timestamp, TypeMap } from 'apache-arrow';
import { columnsOfTable, rowsOfColumns } from './arrow/columns-of-table.js';
import { ContextInputs } from './context-inputs.js';
import { numPartitionsOf } from './partitioner.js';
import type { RDD } from './rdd.js';

/** The row of a table of Arrow: an object with a field for each column. */
export type ArrowRow<C extends TypeMap> = { [Name in keyof C]: ArrowValue<C[Name]> | null };

type ArrowValue<D extends DataType> = D extends Date_ | Timestamp
  ? Date
  : D extends Dictionary<infer Of extends DataType>
    ? ArrowValue<Of>
    : D['TValue'];

/** Inputs made of tables of Apache Arrow. */
export abstract class ArrowInputs extends ContextInputs {
  /**
   * The rows of a table of apache-arrow as objects, cut by position into partitions whose sizes
   * differ by one at most. The table is cut into columns now; executors make the rows of them.
   *
   * 64-bit integers are bigints, dates and timestamps `Date` (what is below a millisecond is
   * lost), lists arrays, structs objects, maps `Map`, values of dictionaries what they stand for,
   * and nulls null.
   *
   * @throws FiresteelError INVALID_ARGUMENT for anything but a table with distinct names, or less
   *   than one partition; UNSUPPORTED_VALUE for columns of decimals
   * @example
   * sc.fromArrow(tableFromIPC(readFileSync('trips.arrow')), { numPartitions: 8 })
   */
  fromArrow<C extends TypeMap>(
    table: Table<C>,
    options?: number | { readonly numPartitions?: number },
  ): RDD<ArrowRow<C>> {
    const callSite = this.creation(this.fromArrow);
    const numSlices = numPartitionsOf(options, 'fromArrow') ?? this.defaultParallelism;
    const data = columnsOfTable(table as unknown as Table<TypeMap>, numSlices);
    const slices = this.newRdd({ kind: 'parallelize', parents: [], callSite, data, numSlices });
    return this.newRdd({
      kind: 'mapPartitions',
      parents: [slices.node],
      callSite,
      fn: rowsOfColumns,
      withIndex: false,
      preservesPartitioning: false,
    });
  }
}

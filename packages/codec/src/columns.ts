import type { BytesColumn } from './bytes-column.js';
import type {
  Bigint64Column,
  BooleanColumn,
  DateColumn,
  Float64Column,
  Int32Column,
} from './fixed-columns.js';
import type { ListColumn, ObjectColumn, TupleColumn } from './nested-columns.js';
import type { StringColumn } from './string-column.js';
import type { AnyColumn, ConstantColumn } from './value-columns.js';

/**
 * A column of a block, told apart by `kind`. All have `length`, `get(row)` and
 * `toArray(from, to)`; the typed ones show their memory, which lies in the block and must not be
 * written.
 */
export type Column =
  | ConstantColumn
  | Int32Column
  | Float64Column
  | StringColumn
  | BooleanColumn
  | Bigint64Column
  | DateColumn
  | BytesColumn
  | TupleColumn
  | ObjectColumn
  | ListColumn
  | AnyColumn;

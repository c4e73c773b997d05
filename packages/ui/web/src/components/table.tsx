import type { ComponentChildren } from 'preact';

export interface Column<R> {
  readonly title: string;
  readonly cell: (row: R) => ComponentChildren;
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
  /** Not to be broken into lines. */
  readonly isShort?: boolean;
  /** By which the table can be ordered. */
  readonly sortBy?: string;
}

export interface Order {
  readonly sortBy: string;
  readonly isDescending: boolean;
}

/** Columns that are empty in all rows are left out, but for the first one. */
export function Table<R>(props: {
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string | number;
  readonly order?: Order;
  readonly onOrder?: (order: Order) => void;
}) {
  const { rows, keyOf, order, onOrder } = props;
  const cells = rows.map((row) => props.columns.map((column) => column.cell(row)));
  const shown = props.columns.flatMap((column, i) =>
    i === 0 || cells.some((row) => !isEmpty(row[i])) ? [{ column, i }] : [],
  );
  const classOf = ({ isNumber, isShort }: Column<R>) =>
    isNumber ? 'number' : isShort ? 'short' : undefined;
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {shown.map(({ column }) => (
              <th
                key={column.title}
                class={classOf(column)}
                scope="col"
                aria-sort={sortOf(column.sortBy, order)}
              >
                {column.sortBy === undefined || onOrder === undefined ? (
                  column.title
                ) : (
                  <button
                    type="button"
                    class="sort"
                    onClick={() => onOrder(next(column.sortBy as string, order))}
                  >
                    {column.title}
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={keyOf(row)}>
              {shown.map(({ column, i }) => (
                <td key={column.title} class={classOf(column)}>
                  {cells[r]?.[i]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function isEmpty(cell: ComponentChildren): boolean {
  return cell === undefined || cell === null || cell === '' || cell === false;
}

function sortOf(sortBy: string | undefined, order: Order | undefined) {
  if (sortBy === undefined || order?.sortBy !== sortBy) return undefined;
  return order.isDescending ? 'descending' : 'ascending';
}

/** The largest first, then the other way round. */
function next(sortBy: string, order: Order | undefined): Order {
  return { sortBy, isDescending: order?.sortBy !== sortBy || !order.isDescending };
}

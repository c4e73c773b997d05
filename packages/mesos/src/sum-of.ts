export function sumOf<T>(rows: Iterable<T>, amountOf: (row: T) => number): number {
  let total = 0;
  for (const row of rows) total += amountOf(row);
  return total;
}

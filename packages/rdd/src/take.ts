/** How `take` widens its search. */
export interface TakeGrowth {
  /** Partitions that the first job looks into. */
  readonly initialPartitions: number;
  /** How many times more partitions than so far a further job looks into at most. */
  readonly scaleUpFactor: number;
}

/**
 * The first `limit` rows over partitions `0 … total - 1`, by jobs over growing runs of partitions:
 * after a run without a row `scaleUpFactor` times as many as before, otherwise half more than the rows found
 * so far let expect (Spark's RDD.take).
 *
 * @param scan the first `left` rows of each of the partitions
 */
export async function takeGrowing<T>(
  limit: number,
  total: number,
  scan: (partitions: readonly number[], left: number) => Promise<readonly (readonly T[])[]>,
  growth: TakeGrowth,
): Promise<T[]> {
  const rows: T[] = [];
  let scanned = 0;
  while (rows.length < limit && scanned < total) {
    const left = limit - rows.length;
    const size = Math.min(nextRun(scanned, rows.length, left, growth), total - scanned);
    const partitions = Array.from({ length: size }, (_, i) => scanned + i);
    for (const found of await scan(partitions, left))
      for (const row of found) {
        if (rows.length === limit) break;
        rows.push(row);
      }
    scanned += size;
  }
  return rows;
}

function nextRun(
  scanned: number,
  found: number,
  left: number,
  { initialPartitions, scaleUpFactor }: TakeGrowth,
): number {
  if (scanned === 0) return initialPartitions;
  if (found === 0) return scanned * scaleUpFactor;
  return Math.min(Math.ceil((1.5 * left * scanned) / found), scanned * scaleUpFactor);
}

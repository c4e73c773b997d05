/** `buckets + 1` edges that cut [min, max] evenly; two equal ones where there is no width. */
export function evenEdges(min: number, max: number, buckets: number): number[] {
  if (min === max) return [min, max];
  const width = max - min;
  const edges = Array.from({ length: buckets }, (_, i) => min + (i * width) / buckets);
  return [...edges, max];
}

/**
 * The bucket of a number: [edge, next edge), the last one with its upper edge. -1 outside, and for
 * NaN. Edges rise.
 */
export function bucketOf(edges: readonly number[], value: number): number {
  const last = edges.length - 1;
  if (!(value >= (edges[0] as number) && value <= (edges[last] as number))) return -1;
  let low = 0;
  let high = last - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((edges[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** `bucketOf` edges that `evenEdges` made, without a search. */
export function evenBucketOf(edges: readonly number[], value: number): number {
  const buckets = edges.length - 1;
  const min = edges[0] as number;
  const max = edges[buckets] as number;
  if (!(value >= min && value <= max)) return -1;
  if (min === max) return 0;
  const guess = Math.min(Math.floor(((value - min) / (max - min)) * buckets), buckets - 1);
  // Rounding may put the guess one bucket beside.
  if (value < (edges[guess] as number)) return guess - 1;
  return guess < buckets - 1 && value >= (edges[guess + 1] as number) ? guess + 1 : guess;
}

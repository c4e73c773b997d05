import { binomial, drawFrom, hypergeometric } from './draws.js';
import type { Random } from './random.js';

/**
 * How many rows of a sample of exactly `take` rows come from each partition, when they are drawn
 * from all rows alike: multivariate hypergeometric numbers, or multinomial ones with replacement.
 *
 * @param counts rows of each partition; their sum must not be smaller than `take`, unless with
 *   replacement, where one row is enough
 */
export function drawQuotas(
  counts: readonly number[],
  take: number,
  withReplacement: boolean,
  random: Random,
): number[] {
  let rows = counts.reduce((sum, count) => sum + count, 0);
  let left = take;
  return counts.map((count) => {
    if (left === 0 || count === 0) return 0;
    const quota =
      count === rows
        ? left
        : drawFrom(
            withReplacement ? binomial(left, count / rows) : hypergeometric(rows, count, left),
            random,
          );
    rows -= count;
    left -= quota;
    return quota;
  });
}

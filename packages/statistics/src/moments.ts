/**
 * Count, sum, mean, sum of squared deviations from the mean, smallest and largest of some numbers,
 * as a plain array that travels between threads.
 */
export type Moments = [
  count: number,
  sum: number,
  mean: number,
  m2: number,
  min: number,
  max: number,
];

/** The moments of no numbers. */
export function noMoments(): Moments {
  return [0, 0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
}

/**
 * Adds a number, in place (B. P. Welford, Note on a Method for Calculating Corrected Sums of
 * Squares and Products, Technometrics 4 (3), 1962): stable however far the mean is from 0.
 */
export function addToMoments(moments: Moments, value: number): Moments {
  const count = moments[0] + 1;
  const delta = value - moments[2];
  const mean = moments[2] + delta / count;
  moments[0] = count;
  moments[1] += value;
  moments[2] = mean;
  moments[3] += delta * (value - mean);
  moments[4] = Math.min(moments[4], value);
  moments[5] = Math.max(moments[5], value);
  return moments;
}

/**
 * Adds what other moments stand for, in place (T. F. Chan, G. H. Golub and R. J. LeVeque, Updating
 * Formulae and a Pairwise Algorithm for Computing Sample Variances, 1979).
 */
export function mergeMoments(moments: Moments, other: Readonly<Moments>): Moments {
  const [na, , meanA] = moments;
  const [nb, sum, meanB, m2, min, max] = other;
  if (nb === 0) return moments;
  const n = na + nb;
  const delta = meanB - meanA;
  moments[0] = n;
  moments[1] += sum;
  moments[2] = mergedMean(na, meanA, nb, meanB);
  moments[3] += m2 + (na === 0 ? 0 : delta * delta * ((na * nb) / n));
  moments[4] = Math.min(moments[4], min);
  moments[5] = Math.max(moments[5], max);
  return moments;
}

/** A mean of few numbers shifts the other one; of two that weigh alike neither is the base. */
function mergedMean(na: number, meanA: number, nb: number, meanB: number): number {
  const n = na + nb;
  if (nb * 10 < na) return meanA + ((meanB - meanA) * nb) / n;
  if (na * 10 < nb) return meanB + ((meanA - meanB) * na) / n;
  return (meanA * na + meanB * nb) / n;
}

import { poisson } from './draws.js';

/** Above this mean a Poisson distribution is normal to many digits. */
const MAX_EXACT_MEAN = 1_000_000;

/**
 * The `z` within which a normal number with mean 0 and variance 1 lies with a probability of
 * `confidence`: 1.96 for 0.95.
 */
export function normalBound(confidence: number): number {
  return inverse((z) => 2 * normalCdf(z) - 1, confidence);
}

/**
 * The same for Student's t: with few observations the variance itself is uncertain.
 *
 * @param freedom degrees of freedom, an integer of at least 1
 */
export function studentBound(confidence: number, freedom: number): number {
  return inverse((t) => studentWithin(t, freedom), confidence);
}

/** The smallest count that a Poisson number with this mean does not exceed with `probability`. */
export function poissonQuantile(mean: number, probability: number): number {
  if (probability >= 1) return Number.POSITIVE_INFINITY;
  if (probability <= 0 || mean === 0) return 0;
  if (mean > MAX_EXACT_MEAN) {
    const confidence = Math.abs(2 * probability - 1);
    const z = Math.sign(probability - 0.5) * normalBound(confidence);
    // Cornish and Fisher's correction for the skew of the distribution.
    return Math.round(mean + z * Math.sqrt(mean) + (z * z - 1) / 6);
  }
  const { mode, peak, ratio } = poisson(mean);
  let k = mode;
  let p = peak;
  while (k > 0 && p > 1e-18) {
    k -= 1;
    p /= ratio(k);
  }
  for (let sum = p; sum < probability && (k <= mode || p > 1e-18); sum += p) {
    p *= ratio(k);
    k += 1;
  }
  return k;
}

/**
 * By the series of G. Marsaglia, Evaluating the Normal Distribution, Journal of Statistical
 * Software 11 (4), 2004; for `z` from 0 to about 8.
 */
function normalCdf(z: number): number {
  let sum = z;
  let term = z;
  for (let i = 3, before = 0; sum !== before; i += 2) {
    before = sum;
    term *= (z * z) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
}

/**
 * The probability that Student's t lies within [-t, t]: Abramowitz and Stegun, Handbook of
 * Mathematical Functions, 26.7.3 and 26.7.4.
 */
function studentWithin(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const cosine = Math.cos(angle);
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let i = isOdd ? 3 : 2; i <= freedom - 2; i += 2) {
    term *= ((i - 1) / i) * cosine * cosine;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/** The `x` of at least 0 where a function that rises to 1 reaches `y`, by halving. */
function inverse(rising: (x: number) => number, y: number): number {
  if (y <= 0) return 0;
  if (y >= 1) return Number.POSITIVE_INFINITY;
  let low = 0;
  let high = 1;
  while (rising(high) < y) {
    low = high;
    high *= 2;
  }
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (rising(middle) < y) low = middle;
    else high = middle;
  }
  return high;
}

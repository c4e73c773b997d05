import type { Random } from './random.js';

/** A distribution of integers with one peak, by which `drawFrom` finds its way. */
export interface Unimodal {
  readonly mode: number;
  /** The probability of the mode. */
  readonly peak: number;
  readonly min: number;
  readonly max: number;
  /** The probability of `k + 1` over that of `k`. */
  ratio(k: number): number;
}

/**
 * Draws by inversion from the mode outwards, which takes about as many steps as the distribution is
 * wide (L. Devroye, Non-Uniform Random Variate Generation, 1986, chapter X.1).
 */
export function drawFrom({ mode, peak, min, max, ratio }: Unimodal, random: Random): number {
  let rest = random.next() - peak;
  if (rest < 0) return mode;
  let low = mode;
  let high = mode;
  let pLow = peak;
  let pHigh = peak;
  // Less than this is left over by rounding only.
  while (pLow + pHigh > 1e-18) {
    if (high < max) {
      pHigh *= ratio(high);
      high += 1;
      rest -= pHigh;
      if (rest < 0) return high;
    } else pHigh = 0;
    if (low > min) {
      low -= 1;
      pLow /= ratio(low);
      rest -= pLow;
      if (rest < 0) return low;
    } else pLow = 0;
  }
  return mode;
}

/** How many of events come that come `mean` times on average. */
export function poisson(mean: number): Unimodal {
  const mode = Math.floor(mean);
  return {
    mode,
    peak: Math.exp((mode === 0 ? 0 : mode * Math.log(mean)) - mean - logFactorial(mode)),
    min: 0,
    max: Number.POSITIVE_INFINITY,
    ratio: (k) => mean / (k + 1),
  };
}

/** How many of `trials` succeed when each does with a probability below 1. */
export function binomial(trials: number, probability: number): Unimodal {
  const odds = probability / (1 - probability);
  const mode = Math.min(trials, Math.floor((trials + 1) * probability));
  const logPeak =
    logChoose(trials, mode) +
    (mode === 0 ? 0 : mode * Math.log(probability)) +
    (trials - mode) * Math.log1p(-probability);
  return {
    mode,
    peak: Math.exp(logPeak),
    min: 0,
    max: trials,
    ratio: (k) => ((trials - k) / (k + 1)) * odds,
  };
}

/** How many of `draws` rows, taken from `rows` without putting back, are among `marked` ones. */
export function hypergeometric(rows: number, marked: number, draws: number): Unimodal {
  const min = Math.max(0, draws + marked - rows);
  const max = Math.min(draws, marked);
  const mode = Math.min(max, Math.max(min, Math.floor(((draws + 1) * (marked + 1)) / (rows + 2))));
  const logPeak =
    logChoose(marked, mode) + logChoose(rows - marked, draws - mode) - logChoose(rows, draws);
  return {
    mode,
    peak: Math.exp(logPeak),
    min,
    max,
    ratio: (k) => ((marked - k) * (draws - k)) / ((k + 1) * (rows - marked - draws + k + 1)),
  };
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** ln(n!): by Stirling's series where it is exact to 1e-12, else by its definition. */
function logFactorial(n: number): number {
  if (n < 16) {
    let product = 1;
    for (let i = 2; i <= n; i++) product *= i;
    return Math.log(product);
  }
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + series;
}

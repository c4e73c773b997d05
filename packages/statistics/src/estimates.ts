import { normalBound, poissonQuantile, studentBound } from './quantiles.js';
import type { StatCounter } from './stat-counter.js';

/** A number that is known within bounds. */
export interface BoundedDouble {
  /** The best estimate. */
  readonly mean: number;
  /** The probability that the number lies in [low, high]; 1 when it is exact, 0 when unknown. */
  readonly confidence: number;
  readonly low: number;
  readonly high: number;
}

/** How much of the data an estimate rests on. */
export interface Coverage {
  /** Partitions whose results are there. */
  readonly merged: number;
  readonly total: number;
  /** The confidence asked for, from 0 to 1. */
  readonly confidence: number;
}

/** Up to this many observations Student's t and the normal distribution differ. */
const FEW_OBSERVATIONS = 100;

function exactly(mean: number): BoundedDouble {
  return { mean, confidence: 1, low: mean, high: mean };
}

/** A count of rows, of which `count` were found: those of the other partitions come at that rate. */
export function estimateCount(
  count: number,
  { merged, total, confidence }: Coverage,
): BoundedDouble {
  if (merged === total) return exactly(count);
  if (merged === 0 || count === 0)
    return { mean: 0, confidence: 0, low: 0, high: Number.POSITIVE_INFINITY };
  const rest = (count * (total - merged)) / merged;
  return {
    mean: count + rest,
    confidence,
    low: count + poissonQuantile(rest, (1 - confidence) / 2),
    high: count + poissonQuantile(rest, (1 + confidence) / 2),
  };
}

/** The mean of numbers, of which some were seen. */
export function estimateMean(
  seen: StatCounter,
  { merged, total, confidence }: Coverage,
): BoundedDouble {
  if (merged === total) return exactly(seen.mean);
  if (seen.count === 0) return unknown;
  return around(seen.mean, Math.sqrt(seen.sampleVariance / seen.count), seen.count, confidence);
}

/**
 * The sum of numbers, of which some were seen: how many come is uncertain as well as what they are,
 * so the variance of the product counts.
 */
export function estimateSum(
  seen: StatCounter,
  { merged, total, confidence }: Coverage,
): BoundedDouble {
  if (merged === total) return exactly(seen.sum);
  if (seen.count === 0) return unknown;
  const share = merged / total;
  const { count, mean } = seen;
  const rest = (count * (1 - share)) / share;
  const restVariance = (count * (1 - share)) / (share * share);
  const meanVariance = seen.sampleVariance / count;
  const variance =
    mean * mean * restVariance + rest * rest * meanVariance + meanVariance * restVariance;
  return around(seen.sum + mean * rest, Math.sqrt(variance), count, confidence);
}

const unknown: BoundedDouble = {
  mean: 0,
  confidence: 0,
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
};

function around(
  mean: number,
  deviation: number,
  observations: number,
  confidence: number,
): BoundedDouble {
  const half =
    observations < 2
      ? Number.POSITIVE_INFINITY
      : deviation *
        (observations > FEW_OBSERVATIONS
          ? normalBound(confidence)
          : studentBound(confidence, observations - 1));
  return { mean, confidence, low: mean - half, high: mean + half };
}

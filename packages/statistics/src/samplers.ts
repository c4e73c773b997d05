import { binomial, drawFrom, poisson, type Unimodal } from './draws.js';
import type { Random } from './random.js';

/** Decides about the rows of a partition, one after the other. */
export interface KeepSampler {
  /** Whether the next row is in the sample. */
  keep(): boolean;
}

/** Decides how often each row of a partition is in a sample with replacement. */
export interface CopySampler {
  /** How often the next row is in the sample. */
  copies(): number;
}

/** Up to this fraction it costs less to draw the gaps between kept rows than to draw for each. */
const MAX_GAP_FRACTION = 0.4;

/** Each row with the probability `fraction`, whatever happens to the others. */
export function bernoulliSampler(fraction: number, random: Random): KeepSampler {
  return fraction <= MAX_GAP_FRACTION
    ? new GapSampler(fraction, random)
    : new CellSampler(0, fraction, random);
}

/** Draws how many rows to leave out before the next one, a geometric number. */
class GapSampler implements KeepSampler {
  private readonly logRest: number;
  private gap: number;

  constructor(
    fraction: number,
    private readonly random: Random,
  ) {
    this.logRest = Math.log1p(-fraction);
    this.gap = this.nextGap();
  }

  keep(): boolean {
    if (this.gap > 0) {
      this.gap -= 1;
      return false;
    }
    this.gap = this.nextGap();
    return true;
  }

  private nextGap(): number {
    // 1 - next() is never 0. For a fraction of 0 the gap is endless.
    const gap = Math.floor(Math.log(1 - this.random.next()) / this.logRest);
    return gap === gap ? gap : Number.POSITIVE_INFINITY;
  }
}

/**
 * The rows whose uniform draw falls into [low, high): cells that share a seed and lie side by side
 * split the rows.
 */
export class CellSampler implements KeepSampler {
  constructor(
    private readonly low: number,
    private readonly high: number,
    private readonly random: Random,
  ) {}

  keep(): boolean {
    const draw = this.random.next();
    return draw >= this.low && draw < this.high;
  }
}

/** Each row as often as a Poisson number with mean `fraction` says. */
export class PoissonSampler implements CopySampler {
  private readonly distribution: Unimodal;

  constructor(
    fraction: number,
    private readonly random: Random,
  ) {
    this.distribution = poisson(fraction);
  }

  copies(): number {
    return drawFrom(this.distribution, this.random);
  }
}

/**
 * Exactly `take` of `count` rows, every choice of them as likely as any other: selection sampling
 * (C. T. Fan and others 1962; Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S).
 */
export class SelectionSampler implements KeepSampler {
  constructor(
    private count: number,
    private take: number,
    private readonly random: Random,
  ) {}

  keep(): boolean {
    if (this.take === 0) return false;
    const isKept = this.random.next() * this.count < this.take;
    this.count -= 1;
    if (isKept) this.take -= 1;
    return isKept;
  }
}

/** `take` draws among `count` rows, each row as likely at each of them. */
export class RepeatedSelectionSampler implements CopySampler {
  constructor(
    private count: number,
    private take: number,
    private readonly random: Random,
  ) {}

  copies(): number {
    if (this.take === 0) return 0;
    const copies =
      this.count <= 1 ? this.take : drawFrom(binomial(this.take, 1 / this.count), this.random);
    this.count -= 1;
    this.take -= copies;
    return copies;
  }
}

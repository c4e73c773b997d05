/** How rows are drawn. */
export type SamplerSpec =
  /** Each with a probability. */
  | { readonly kind: 'bernoulli'; readonly fraction: number }
  /** Those whose uniform draw lies in [low, high); cells of one seed split the rows. */
  | { readonly kind: 'cell'; readonly low: number; readonly high: number }
  /** Each as often as a Poisson number with mean `fraction` says. */
  | { readonly kind: 'poisson'; readonly fraction: number }
  /** An exact number of each partition. */
  | {
      readonly kind: 'quota';
      readonly withReplacement: boolean;
      readonly quotas: readonly Quota[];
    };

/** How many rows a partition has, and how many of them to draw. */
export interface Quota {
  readonly count: number;
  readonly take: number;
}

/** Each key with the fraction of its pairs to draw. */
export type KeyFractions = readonly (readonly [key: unknown, fraction: number])[];

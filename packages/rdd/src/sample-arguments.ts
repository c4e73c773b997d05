import { KeyedMap } from '@firesteel/codec';
import { invalidArgument, type OptionKind, type OptionKinds, optionsOf } from '@firesteel/common';
import type { KeyFractions } from '@firesteel/plan';
import { checkInteger } from './arguments.js';

/** How a sample is drawn. A bare number means `{ seed }`. */
export interface SampleOptions {
  /** Whether a row may be drawn several times. False by default. */
  readonly withReplacement?: boolean | undefined;
  /** An integer that the sample depends on; random by default. */
  readonly seed?: number | undefined;
}

const seedOptionKinds = { seed: 'number' } satisfies OptionKinds;
export const sampleOptionKinds = {
  withReplacement: 'boolean',
  ...seedOptionKinds,
} satisfies Record<keyof SampleOptions, OptionKind>;

/**
 * The arguments of a sampling method after its subject: `(amount, options?)`, or in Spark's order
 * `(withReplacement, amount, seed?)`.
 */
export type SampleArguments<A, O = unknown> =
  | readonly [amount: A, options?: number | (SampleOptions & O)]
  | readonly [
      withReplacement: boolean,
      amount: A,
      options?: number | (Omit<SampleOptions, 'withReplacement'> & O),
    ];

export interface Draw<A> {
  readonly amount: A;
  readonly withReplacement: boolean;
  readonly seed: number;
}

/**
 * @param further options of the method
 * @throws FiresteelError INVALID_ARGUMENT for other options, and a seed that is no safe integer
 */
export function drawOf<A>(
  args: SampleArguments<A>,
  method: string,
  further: OptionKinds = {},
): Draw<A> {
  const [first, ...rest] = args;
  const isSparkOrder = typeof first === 'boolean';
  const [amount, last] = (isSparkOrder ? rest : args) as [A, (number | SampleOptions)?];
  const known = { ...(isSparkOrder ? seedOptionKinds : sampleOptionKinds), ...further };
  const options: SampleOptions = optionsOf(last, known, method, 'seed');
  const { withReplacement = isSparkOrder && first, seed } = options;
  return { amount, withReplacement, seed: seedOf({ seed }, method) };
}

/** A seed as given, or one that is new in each program: an RDD keeps its own. */
export function seedOf(
  options: number | Pick<SampleOptions, 'seed'> | undefined,
  method: string,
): number {
  const { seed } = optionsOf(options, seedOptionKinds, method, 'seed');
  if (seed === undefined) return Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
  return checkInteger(seed, `seed of ${method}`, Number.MIN_SAFE_INTEGER);
}

/** @throws FiresteelError INVALID_ARGUMENT below 0, and above 1 unless rows may come again */
export function checkFraction(
  fraction: unknown,
  what: string,
  withReplacement: boolean,
): asserts fraction is number {
  const max = withReplacement ? Number.MAX_VALUE : 1;
  if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= max))
    throw invalidArgument(
      what,
      withReplacement ? 'a number of at least 0' : 'a number from 0 to 1',
      fraction,
    );
}

export function checkFractions(
  fractions: unknown,
  withReplacement: boolean,
  method: string,
): KeyFractions {
  if (typeof fractions !== 'object' || fractions === null || !(Symbol.iterator in fractions))
    throw invalidArgument(`fractions of ${method}`, 'a Map, or an iterable of pairs', fractions);
  const byKey = new KeyedMap(fractions as Iterable<readonly [unknown, unknown]>);
  for (const fraction of byKey.values())
    checkFraction(fraction, `A fraction of ${method}`, withReplacement);
  return Object.freeze([...byKey] as [unknown, number][]);
}

import fc from 'fast-check';
import { FiresteelContext, type RDD } from 'firesteel';
import { afterAll, beforeAll } from 'vitest';

/** One context for all tests of a file. */
export function oneContext(): () => FiresteelContext {
  let context: FiresteelContext | undefined;
  beforeAll(async () => {
    context = await FiresteelContext.create({ master: 'local[2]', appName: 'properties' });
  });
  afterAll(async () => {
    await context?.stop();
  });
  return () => {
    if (context === undefined) throw new Error('the context did not start');
    return context;
  };
}

export const runs = { numRuns: 15 };

/** Rows with the number of partitions that they are cut into, often more than there are rows. */
export interface Cut<T> {
  readonly rows: readonly T[];
  readonly numPartitions: number;
}

export function cutOf<T>(row: fc.Arbitrary<T>, maxLength = 40): fc.Arbitrary<Cut<T>> {
  return fc.record({
    rows: fc.array(row, { maxLength, size: 'max' }),
    numPartitions: fc.integer({ min: 1, max: 7 }),
  });
}

export const int = fc.integer({ min: -1000, max: 1000 });

const scalar = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom('a', 'b', '', 'ÿ', '漢字', 'a word of more than sixteen letters'),
  fc.constantFrom(null, undefined, true, false, Number.NaN, -0, 0.5, 1n, 10n ** 20n),
  fc.constantFrom(new Date(0), new Date(86_400_000), new Date(Number.NaN)),
);

/** Keys of every kind, few enough that many are equal. */
export const key: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: scalar },
  fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom('x', 'y')),
  fc.record({ a: fc.integer({ min: 0, max: 1 }), b: fc.constantFrom('p', null) }),
  fc.integer({ min: 0, max: 2 }).map((n) => ({ b: 'p', a: n })),
  fc.integer({ min: 0, max: 2 }).map((n) => Uint8Array.of(n, 7)),
);

export const pairs = cutOf(fc.tuple(key, int));
export const numbers = cutOf(int);

export function rddOf<T>(sc: FiresteelContext, { rows, numPartitions }: Cut<T>): RDD<T> {
  return sc.parallelize(rows, numPartitions);
}

/** The rows of each partition, as `parallelize` cuts them. */
export function partitionsOf<T>({ rows, numPartitions }: Cut<T>): T[][] {
  return Array.from({ length: numPartitions }, (_, p) =>
    rows.slice(
      Math.floor((p * rows.length) / numPartitions),
      Math.floor(((p + 1) * rows.length) / numPartitions),
    ),
  );
}

/** A text that is the same for equal values only: NaN equals NaN, 0 equals -0, fields in any order. */
export function textOf(value: unknown): string {
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof Uint8Array) return `bytes(${[...value]})`;
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => `${name}:${textOf(field)}`)
      .join()}}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  return String(value === 0 ? 0 : value);
}

/** As texts, in no order. */
export function multiset(rows: Iterable<unknown>): string[] {
  return Array.from(rows, textOf).sort();
}

/** The values of each key in order, by the text of the key. */
export function grouped<V>(
  rows: readonly (readonly [unknown, V])[],
): Map<string, { key: unknown; values: V[] }> {
  const groups = new Map<string, { key: unknown; values: V[] }>();
  for (const [k, v] of rows) {
    const text = textOf(k);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, { key: k, values: [v] });
    else group.values.push(v);
  }
  return groups;
}

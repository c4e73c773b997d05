import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAction, shuffled, shuffleOutputs, TestInputs } from '../testing/run-program.js';

type Pair = [unknown, unknown];
const hash2 = { kind: 'hash', numPartitions: 2 } as const;
const group = { kind: 'group' } as const;

/** Keys of all kinds; few of each, so that they meet. */
const key = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -2, max: 6 }) },
  { weight: 4, arbitrary: fc.constantFrom('', 'a', 'b', 'ü', '0123456789abcdef') },
  fc.constantFrom<unknown>(-0, 0.5, Number.NaN, 2 ** 40, 'Ω', 'a string beyond sixteen characters'),
  fc.constantFrom<unknown>(null, undefined, true, 7n),
  fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constant('x')),
);
const value = fc.oneof(
  { weight: 6, arbitrary: fc.integer() },
  { weight: 2, arbitrary: fc.double() },
  fc.constantFrom<unknown>('text', null, undefined, true),
);
const partition = (of: fc.Arbitrary<unknown>) => fc.array(fc.tuple(key, of), { maxLength: 40 });
/** Typed columns all the way in some runs, values of any kind in others. */
const partitions = fc.oneof(
  fc.array(partition(fc.integer()), { minLength: 1, maxLength: 3 }),
  fc.array(partition(value), { minLength: 1, maxLength: 3 }),
);

/** One text for equal keys. */
function asText(k: unknown): string {
  if (typeof k === 'object' && k !== null) return JSON.stringify(k);
  return `${typeof k}:${Object.is(k, -0) ? 0 : String(k)}`;
}

function groupsOf(rows: readonly Pair[]): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const [k, v] of rows) {
    const values = groups.get(asText(k));
    if (values === undefined) groups.set(asText(k), [v]);
    else values.push(v);
  }
  return groups;
}

async function grouped(parts: readonly Pair[][]): Promise<Map<string, unknown[]>> {
  const results = await shuffled(
    parts,
    [],
    { keyed: 'pair', partitioner: hash2 },
    { aggregator: group, mapSideCombined: false },
  );
  const rows = results.flat() as [unknown, unknown[]][];
  const groups = new Map(rows.map(([k, values]) => [asText(k), values]));
  expect(groups.size).toBe(rows.length);
  return groups;
}

/** What is not alike, a line a key: matchers take seconds for as many rows as these. */
function differences(actual: Map<string, unknown[]>, expected: Map<string, unknown[]>): string[] {
  const isAlike = (a: readonly unknown[], b: readonly unknown[] | undefined) =>
    b !== undefined && a.length === b.length && a.every((v, i) => Object.is(v, b[i]));
  return [
    ...[...expected].filter(([k, values]) => !isAlike(values, actual.get(k))).map(([k]) => k),
    ...[...actual.keys()].filter((k) => !expected.has(k)),
  ];
}

const joins = ['inner', 'leftOuter', 'rightOuter', 'fullOuter'] as const;

function joined(left: readonly Pair[], right: readonly Pair[], join: (typeof joins)[number]) {
  const [l, r] = [groupsOf(left), groupsOf(right)];
  const rows: string[] = [];
  const show = (v: unknown) => (Object.is(v, -0) ? '-0' : String(v));
  for (const k of new Set([...l.keys(), ...r.keys()])) {
    const keepsLeft = join === 'leftOuter' || join === 'fullOuter';
    const keepsRight = join === 'rightOuter' || join === 'fullOuter';
    for (const a of l.get(k) ?? (keepsRight ? [undefined] : []))
      for (const b of r.get(k) ?? (keepsLeft ? [undefined] : []))
        rows.push(`${k} ${show(a)} ${show(b)}`);
  }
  return rows.sort();
}

/** Both sides through a shuffle, cogrouped and, if given, joined. */
async function cogrouped(
  sides: readonly (readonly Pair[][])[],
  join?: (typeof joins)[number],
): Promise<unknown[]> {
  const inputs = new TestInputs();
  const write = { keyed: 'pair', partitioner: hash2, isGrouped: true } as const;
  for (const [id, parts] of sides.entries())
    inputs.shuffles.set(id, await shuffleOutputs(inputs, parts, [], write, id));
  const source = {
    kind: 'cogroup',
    inputs: sides.map((_, shuffleId) => ({ kind: 'shuffle', shuffleId }) as const),
    numPartitions: 2,
  } as const;
  const steps = join === undefined ? [] : [{ kind: 'join', join } as const];
  const rows: unknown[] = [];
  for (let p = 0; p < 2; p++)
    rows.push(
      ...((await runAction(inputs, { source, steps }, [], { kind: 'collect' }, p)) as unknown[]),
    );
  return rows;
}

/** So many rows that the map side makes buckets; the key comes from the row number. */
function many(rows: number, keyOf: (i: number) => unknown): Pair[] {
  return Array.from({ length: rows }, (_, i): Pair => [keyOf(i), i]);
}

describe('grouping', () => {
  it('brings the values of a key together in map partition order', async () => {
    await fc.assert(
      fc.asyncProperty(partitions, async (parts) => {
        expect(await grouped(parts as Pair[][])).toEqual(groupsOf(parts.flat() as Pair[]));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['numbers', (i: number) => (i * 7) % 30_011],
    ['strings', (i: number) => `k${(i * 7) % 30_011}`],
    [
      'long strings among short ones',
      (i: number) => (i % 50 === 0 ? `${'k'.repeat(20)}${i % 99}` : `k${i % 9999}`),
    ],
    [
      'numbers among other kinds',
      (i: number) => (i % 50 === 0 ? [null, true, `k${i % 99}`][i % 3] : i % 5000),
    ],
  ])('groups many rows by %s, bucket by bucket', async (_, keyOf) => {
    const parts = [many(70_000, keyOf), many(500, keyOf), many(68_000, keyOf)];
    expect(differences(await grouped(parts), groupsOf(parts.flat()))).toEqual([]);
  });

  it('keeps the order of values of which some are no numbers, far into the rows', async () => {
    const rows = many(75_000, (i) => i % 10_000);
    for (const i of [70_000, 72_001]) (rows[i] as Pair)[1] = 'no number';
    const parts = [rows, many(68_000, (i) => i % 10_000)];
    expect(differences(await grouped(parts), groupsOf(parts.flat()))).toEqual([]);
  });

  it.each(joins)('%s joins agree with the pairs of groups', async (join) => {
    await fc.assert(
      fc.asyncProperty(partitions, partitions, async (left, right) => {
        const sides = [left, right] as Pair[][][];
        const rows = (await cogrouped(sides, join)) as [unknown, [unknown, unknown]][];
        const show = (v: unknown) => (Object.is(v, -0) ? '-0' : String(v));
        expect(rows.map(([k, [a, b]]) => `${asText(k)} ${show(a)} ${show(b)}`).sort()).toEqual(
          joined(left.flat() as Pair[], right.flat() as Pair[], join),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('cogroups a bucketed side with a small one and a mixed one', async () => {
    const large = [many(70_000, (i) => i % 7000)];
    const small = [many(50, (i) => i)];
    for (const other of [
      small,
      [
        [
          [3, 'text'],
          ['k', 1],
        ] as Pair[],
      ],
    ]) {
      const rows = (await cogrouped([large, other])) as [unknown, unknown[][]][];
      const [l, r] = [groupsOf(large.flat()), groupsOf(other.flat())];
      expect(rows.length).toBe(new Set([...l.keys(), ...r.keys()]).size);
      for (const [side, groups] of [l, r].entries()) {
        const found = rows.map(([k, sides]) => [asText(k), sides[side] as unknown[]] as const);
        const filled = found.filter(([, values]) => values.length > 0);
        expect(differences(new Map(filled), groups)).toEqual([]);
      }
    }
  });

  it.each([
    ['numbers', (i: number) => i % 75_000],
    ['fractions and large numbers', (i: number) => (i % 2 === 0 ? i : 2 ** 33 + i / 4)],
    ['strings', (i: number) => `k${i % 75_000}`],
    [
      'numbers among other kinds',
      (i: number) => (i % 50 === 0 ? [`k${i}`, [i % 10, 'x'], undefined][i % 3] : i),
    ],
  ])('finds the distinct %s of many rows', async (_, keyOf) => {
    const rows = many(100_000, keyOf).map(([k]) => k);
    const results = await shuffled(
      [rows.slice(0, 82_000), rows.slice(82_000)],
      [],
      { keyed: 'row', partitioner: hash2, combine: { kind: 'distinct' } },
      { aggregator: { kind: 'distinct' }, mapSideCombined: true },
    );
    const found = results.flat().map((k): Pair => [k, 1]);
    const expected = [...new Set(rows.map(asText))].map((k): [string, unknown[]] => [k, [1]]);
    expect(differences(groupsOf(found), new Map(expected))).toEqual([]);
  });
});

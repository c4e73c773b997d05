import fc from 'fast-check';
import { expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { codesOf, expectNoUnhandledRejections } from './rejection.js';

expectNoUnhandledRejections();

/** Every kind of value that a row may hold, nested. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(null, undefined, true, false, -0, 0, Number.NaN, Infinity, -Infinity),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '\ud800', 'a\udc00b', 'ÿ', '漢字', '😀', 'x'.repeat(100)),
    fc.date({ noInvalidDate: false }),
    fc.constantFrom(/a+/gi, /[\n/]/u, /(?<x>y)\k<x>/dsy),
    fc.uint8Array({ maxLength: 5 }),
    fc.float64Array({ maxLength: 3 }),
    fc.bigInt64Array({ maxLength: 3 }),
    fc.uint8Array({ maxLength: 5 }).map((bytes) => bytes.buffer),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 3 }).map((rows) => {
      const sparse = [...rows];
      sparse.length = rows.length + 2;
      sparse.push(1);
      return sparse;
    }),
    fc.dictionary(
      fc.string({ maxLength: 4 }).filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 3, noNullPrototype: true },
    ),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((e) => new Map(e)),
    fc.array(tie('value'), { maxLength: 3 }).map((e) => new Set(e)),
  ),
})) as { value: fc.Arbitrary<unknown> };

/** Rows of one kind, as data usually is, or of any. */
const rows = fc.oneof(
  fc.array(value, { maxLength: 20 }),
  fc.array(fc.double(), { maxLength: 20 }),
  fc.array(fc.string({ unit: 'binary' }), { maxLength: 20 }),
  fc.array(fc.tuple(fc.string(), fc.integer()), { maxLength: 20 }),
  fc.array(
    fc.record(
      { id: fc.integer(), at: fc.date(), tag: fc.option(fc.string(), { nil: undefined }) },
      { noNullPrototype: true },
    ),
    { maxLength: 20 },
  ),
  fc.array(fc.record({ a: fc.integer(), b: value }, { requiredKeys: [], noNullPrototype: true }), {
    maxLength: 20,
  }),
);

const kindOf = (v: object) => Object.prototype.toString.call(v);

/** The first place where two values are not the same by `Object.is`, in kind or in contents. */
function difference(a: unknown, b: unknown, path = 'row'): string | undefined {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Object.is(a, b) ? undefined : `${path}: ${String(a)} became ${String(b)}`;
  if (kindOf(a) !== kindOf(b)) return `${path}: ${kindOf(a)} became ${kindOf(b)}`;
  if (a instanceof Date) return difference(a.getTime(), (b as Date).getTime(), `${path}.time`);
  if (a instanceof RegExp) return difference(String(a), String(b), path);
  if (a instanceof ArrayBuffer)
    return difference(new Uint8Array(a), new Uint8Array(b as ArrayBuffer), `${path}.bytes`);
  if (a instanceof Map || a instanceof Set)
    return difference([...a], [...(b as Map<unknown, unknown> | Set<unknown>)], `${path}.entries`);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${path}: another prototype`;
  const keys = Object.keys(a);
  if (keys.join('\0') !== Object.keys(b).join('\0'))
    return `${path}: keys ${keys} became ${Object.keys(b)}`;
  if (Array.isArray(a) && a.length !== (b as unknown[]).length) return `${path}: another length`;
  for (const key of keys) {
    const found = difference(a[key as never], b[key as never], `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

class Point {
  readonly x: number;
  constructor(x: number) {
    this.x = x;
  }
}

onEveryMaster('rows of every kind', (sc) => {
  const runs = { numRuns: 40 };
  const same = (actual: unknown, expected: unknown) =>
    expect(difference(expected, actual)).toBeUndefined();

  it('survive collect, with operators between', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 4 }), async (data, n) => {
        const rdd = sc().parallelize(data, n);
        same(await rdd.collect(), data);
        same(
          await rdd.map((row) => [row]).collect(),
          data.map((row) => [row]),
        );
        same((await rdd.glom().collect()).flat(1), data);
        same(await rdd.take(data.length), data);
      }),
      runs,
    );
  });

  it('survive the cache', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (data) => {
        const rdd = sc()
          .parallelize(data, 2)
          .map((row) => row)
          .cache();
        same(await rdd.collect(), data);
        same(await rdd.collect(), data);
        rdd.unpersist();
      }),
      runs,
    );
  });

  it('survive shuffles as values', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 3 }), async (data, n) => {
        const pairs = sc()
          .parallelize(data, 2)
          .zipWithIndex()
          .map(([row, i]): [number, unknown] => [i % 3, row]);
        const expected = [0, 1, 2].map((k) => data.filter((_, i) => i % 3 === k));
        const moved = await pairs.partitionBy(n).collect();
        same(
          [0, 1, 2].map((k) => moved.filter(([key]) => key === k).map(([, row]) => row)),
          expected,
        );
        const groups = new Map(await pairs.groupByKey(n).collect());
        same(
          [0, 1, 2].map((k) => groups.get(k) ?? []),
          expected,
        );
        const sorted = await sc()
          .parallelize(data, 2)
          .zipWithIndex()
          .map(([row, i]): [number, unknown] => [-i, row])
          .sortByKey({ ascending: false, numPartitions: n })
          .values()
          .collect();
        same(sorted, data);
      }),
      runs,
    );
  });

  it('survive reduce, fold and aggregate', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (data) => {
        const lists = sc()
          .parallelize(data, 3)
          .map((row) => [row]);
        same(await lists.fold([], (a, b) => a.concat(b)), data);
        if (data.length > 0) same(await lists.reduce((a, b) => a.concat(b)), data);
      }),
      runs,
    );
  });

  it('that share parts or contain themselves keep their shape', async () => {
    const shared = { n: 1 };
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const [row] = await sc()
      .parallelize([{ a: shared, b: shared, cyclic }], 1)
      .collect();
    expect(row?.a).toEqual({ n: 1 });
    expect(row?.b).toEqual({ n: 1 });
    let at = row?.cyclic;
    for (let i = 0; i < 100; i++) at = at?.self as typeof cyclic;
    expect(at).toHaveProperty('self');
  });

  it('functions, symbols, promises and instances of unknown classes are refused', async () => {
    const range = () => sc().range(0, 4, 1, 2);
    const actions: PromiseLike<unknown>[] = [
      range()
        .map((x) => () => x)
        .collect(),
      range()
        .map(() => Symbol('s'))
        .take(1),
      range()
        .map((x) => Promise.resolve(x))
        .collect(),
      sc()
        .parallelize([new Point(1)], 1)
        .collect(),
    ];
    expect(await codesOf(actions)).toEqual(actions.map(() => 'UNSUPPORTED_VALUE'));
  });

  it('instances of classes may be used within a stage', async () => {
    const points = sc()
      .range(0, 4, 1, 2)
      .map((x) => new Point(x));
    expect(
      await points
        .filter((p) => p instanceof Point)
        .map((p) => p.x)
        .sum(),
    ).toBe(6);
  });
});

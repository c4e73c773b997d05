import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertKey } from './key-check.js';
import { keysEqual } from './key-equality.js';
import { hashKey, secondHashKey } from './key-hash.js';
import { compareKeys } from './key-order.js';
import { addRowClass } from './row-classes.js';
import { decodeValue, encodeValue } from './value-codec.js';

const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, false, 0, -0, 1, 1n, Number.NaN, '', 'a', 'b'),
  fc.integer({ min: -3, max: 3 }),
  fc.double(),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.bigInt(),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom('a', '\u00e9', '\ud800', '\ue000', '\u{1f600}'),
    maxLength: 3,
  }),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 9 }),
  fc.float64Array({ maxLength: 2 }),
  fc.uint8Array({ maxLength: 3 }).map((bytes) => bytes.buffer as ArrayBuffer),
);

/** Keys with an order; few distinct leaves, so that equal pairs and shared prefixes are common. */
const orderable = fc.letrec<{ key: unknown }>((tie) => ({
  key: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('key'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '1', '__proto__'), tie('key'), { maxKeys: 3 }),
  ),
})).key;

const anyKey = fc.oneof(
  orderable,
  fc.array(orderable, { maxLength: 4 }).map((items) => new Set(items)),
  fc.array(fc.tuple(orderable, orderable), { maxLength: 4 }).map((items) => new Map(items)),
);

class Point {
  constructor(x: unknown, y: unknown) {
    Object.assign(this, { x, y });
  }
}
class Range extends Point {}
for (const { name, prototype } of [Point, Range])
  addRowClass({ name, prototype, keyedByFields: true });

/** Instances that are keys by their fields, among plain objects of the same fields. */
const fieldKey = fc.letrec<{ key: unknown }>((tie) => ({
  key: fc.oneof(
    { maxDepth: 2 },
    fc.integer({ min: 0, max: 1 }),
    fc
      .tuple(fc.constantFrom(Point, Range), tie('key'), tie('key'))
      .map(([of, x, y]) => new of(x, y)),
    fc.record({ x: tie('key'), y: tie('key') }, { noNullPrototype: true }),
    fc.array(tie('key'), { maxLength: 2 }),
  ),
})).key;

/** Another object that must be the same key: properties and entries in reverse order, -0 for 0. */
function twin(key: unknown): unknown {
  if (key === 0) return Object.is(key, 0) ? -0 : 0;
  if (typeof key !== 'object' || key === null) return key;
  if (Array.isArray(key)) return key.map(twin);
  if (key instanceof Date) return new Date(key.getTime());
  if (key instanceof Map) return new Map([...key].reverse().map(([k, v]) => [twin(k), twin(v)]));
  if (key instanceof Set) return new Set([...key].reverse().map(twin));
  if (key instanceof ArrayBuffer) return key.slice(0);
  if (Buffer.isBuffer(key) || !ArrayBuffer.isView(key)) {
    const copy = Object.create(Object.getPrototypeOf(key)) as object;
    for (const [name, value] of Object.entries(key).reverse())
      Object.defineProperty(copy, name, { value: twin(value), enumerable: true });
    return copy;
  }
  return (key as Uint8Array).slice();
}

describe('canonical keys', () => {
  it('equal keys hash alike, whatever the identity and the order of properties', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        const other = twin(key);
        expect(keysEqual(key, other)).toBe(true);
        expect(keysEqual(other, key)).toBe(true);
        expect(hashKey(other)).toBe(hashKey(key));
        expect(secondHashKey(other)).toBe(secondHashKey(key));
        expect(() => assertKey(key)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  it('hashes to an int32 that survives encoding', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        const hash = hashKey(key);
        expect(hash | 0).toBe(hash);
        const decoded = decodeValue(encodeValue(key));
        expect(keysEqual(decoded, key)).toBe(true);
        expect(hashKey(decoded)).toBe(hash);
        expect(hashKey(structuredClone(key))).toBe(hash);
        expect(secondHashKey(structuredClone(key))).toBe(secondHashKey(key));
      }),
    );
  });

  it('hashes a second time without the collisions of the first', () => {
    const byHash = new Map<number, string[]>();
    for (let i = 0; i < 200_000; i++) {
      const key = `https://example.com/${i % 977}/item?id=${i}`;
      const hash = hashKey(key);
      byHash.set(hash, [...(byHash.get(hash) ?? []), key]);
    }
    const collided = [...byHash.values()].filter((keys) => keys.length > 1);
    expect(collided.length).toBeGreaterThan(0);
    for (const keys of collided) expect(new Set(keys.map(secondHashKey)).size).toBe(keys.length);
  });

  it('compares to 0 exactly for equal keys, antisymmetrically and transitively', () => {
    fc.assert(
      fc.property(orderable, orderable, orderable, (a, b, c) => {
        expect(compareKeys(a, b) === 0).toBe(keysEqual(a, b));
        expect(Math.sign(compareKeys(b, a))).toBe(0 - Math.sign(compareKeys(a, b)));
        if (compareKeys(a, b) <= 0 && compareKeys(b, c) <= 0)
          expect(compareKeys(a, c)).toBeLessThanOrEqual(0);
        if (compareKeys(a, b) === 0)
          expect(Math.sign(compareKeys(a, c))).toBe(Math.sign(compareKeys(b, c)));
        if (keysEqual(a, b)) expect(hashKey(a)).toBe(hashKey(b));
      }),
      { numRuns: 3000 },
    );
  });

  it('that are instances by their fields keep the laws, and differ from other classes', () => {
    fc.assert(
      fc.property(fieldKey, fieldKey, fieldKey, (a, b, c) => {
        const other = twin(a);
        expect(keysEqual(a, other)).toBe(true);
        expect(hashKey(other)).toBe(hashKey(a));
        expect(secondHashKey(other)).toBe(secondHashKey(a));
        const decoded = decodeValue(encodeValue(a));
        expect(keysEqual(decoded, a)).toBe(true);
        expect(hashKey(decoded)).toBe(hashKey(a));
        expect(() => assertKey(a)).not.toThrow();
        expect(keysEqual(a, b)).toBe(keysEqual(b, a));
        expect(compareKeys(a, b) === 0).toBe(keysEqual(a, b));
        expect(Math.sign(compareKeys(b, a))).toBe(0 - Math.sign(compareKeys(a, b)));
        if (compareKeys(a, b) <= 0 && compareKeys(b, c) <= 0)
          expect(compareKeys(a, c)).toBeLessThanOrEqual(0);
        if (keysEqual(a, b)) {
          expect(hashKey(a)).toBe(hashKey(b));
          expect(a?.constructor).toBe(b?.constructor);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same for values of another realm', () => {
    const foreign = runInNewContext(
      '({ a: [1, new Date(5)], b: new Map([[{ x: 1 }, new Set()]]) })',
    );
    const own = { b: new Map([[{ x: 1 }, new Set()]]), a: [1, new Date(5)] };
    expect(keysEqual(foreign, own)).toBe(true);
    expect(hashKey(foreign)).toBe(hashKey(own));
  });

  it('spreads composite keys', () => {
    const hashes = new Set<number>();
    for (let i = 0; i < 100; i++)
      for (let j = 0; j < 100; j++) {
        hashes.add(hashKey([i, j]));
        hashes.add(hashKey({ i, j }));
      }
    expect(hashes.size).toBeGreaterThan(19_990);
    const buckets = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i++) {
      const bucket = (hashKey([i * 16, 'k']) >>> 0) % 16;
      buckets[bucket] = (buckets[bucket] as number) + 1;
    }
    expect(Math.max(...buckets)).toBeLessThan(1200);
  });
});

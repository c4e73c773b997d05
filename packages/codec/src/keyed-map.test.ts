import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { keysEqual } from './key-equality.js';
import { KeyedMap } from './keyed-map.js';

describe('KeyedMap', () => {
  it('finds composite keys by value', () => {
    const map = new KeyedMap<unknown, number>([
      [['a', 1], 1],
      ['a', 2],
      [{ x: 1, y: 2 }, 3],
    ]);
    expect(map.get(['a', 1])).toBe(1);
    expect(map.get({ y: 2, x: 1 })).toBe(3);
    expect(map.has(['a', 2])).toBe(false);
    map.set(['a', 1], 10);
    expect(map.size).toBe(3);
    expect([...map]).toEqual([
      [['a', 1], 10],
      ['a', 2],
      [{ x: 1, y: 2 }, 3],
    ]);
    expect(map.delete(['a', 1])).toBe(true);
    expect(map.delete(['a', 1])).toBe(false);
    expect(map.get(['a', 1])).toBeUndefined();
    map.set(['a', 1], 5);
    expect([...map.keys()].at(-1)).toEqual(['a', 1]);
    map.clear();
    expect([map.size, map.has({ x: 1, y: 2 })]).toEqual([0, false]);
  });

  it('keeps keys apart whose hashes collide', () => {
    class Colliding {
      constructor(readonly id: number) {}
      hashCode(): number {
        return 7;
      }
      equals(other: unknown): boolean {
        return other instanceof Colliding && other.id === this.id;
      }
    }
    const map = new KeyedMap<Colliding, number>();
    for (let i = 0; i < 5; i++) map.set(new Colliding(i), i);
    expect(map.delete(new Colliding(2))).toBe(true);
    expect([0, 1, 2, 3, 4].map((i) => map.get(new Colliding(i)))).toEqual([0, 1, undefined, 3, 4]);
  });

  it('looks like a Map', () => {
    const map = new KeyedMap<unknown, number>([[[1], 1]]);
    const seen: unknown[] = [];
    map.forEach(function (this: unknown, value, key, whole) {
      seen.push(this, value, key, whole);
    }, 'receiver');
    expect(seen).toEqual(['receiver', 1, [1], map]);
    expect(map.toMap()).toEqual(new Map([[[1], 1]]));
    expect([...map.values()]).toEqual([1]);
    expect([...map.entries()]).toEqual([[[1], 1]]);
    expect(inspect(map)).toBe('Map(1) { [ 1 ] => 1 }');
    expect(Object.prototype.toString.call(map)).toBe('[object KeyedMap]');
  });

  it.each([() => 1, Symbol('s'), new WeakMap()])('refuses %o', (key) => {
    const map = new KeyedMap<unknown, number>();
    for (const use of [
      () => map.get(key),
      () => map.has(key),
      () => map.set(key, 1),
      () => map.delete(key),
    ])
      expect(use).toThrowError(expect.objectContaining({ code: 'UNSUPPORTED_KEY' }));
  });

  it('behaves like a list of entries searched by keysEqual', () => {
    const leaf = fc.constantFrom<unknown>(0, -0, 1, 1n, '1', Number.NaN, null, undefined, true);
    const key = fc.oneof(leaf, fc.array(leaf, { maxLength: 2 }), fc.record({ a: leaf }));
    const step = fc.tuple(fc.constantFrom('set', 'delete'), key, fc.integer());
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new KeyedMap<unknown, number>();
        const model: [unknown, number][] = [];
        for (const [kind, k, value] of steps) {
          const at = model.findIndex(([known]) => keysEqual(known, k));
          expect(map.get(k)).toBe(model[at]?.[1]);
          if (kind === 'delete') {
            expect(map.delete(k)).toBe(at >= 0);
            if (at >= 0) model.splice(at, 1);
          } else {
            map.set(k, value);
            if (at >= 0) (model[at] as [unknown, number])[1] = value;
            else model.push([k === 0 ? 0 : k, value]);
          }
          expect(map.size).toBe(model.length);
        }
        expect([...map]).toEqual(model);
      }),
    );
  });
});

it('says what to do instead when there are more keys than a Map can hold', () => {
  const map = new KeyedMap([['a', 1]]);
  using _full = sizeOfMaps(2 ** 24);
  map.set('a', 2);
  expect(() => map.set('b', 3)).toThrow(
    expect.objectContaining({
      code: 'RESULT_TOO_LARGE',
      message: expect.stringContaining('reduceByKey'),
    }),
  );
  expect([...map]).toEqual([['a', 2]]);
});

/** As many entries would take a gigabyte. */
function sizeOfMaps(size: number): Disposable {
  const spy = vi.spyOn(Map.prototype, 'size', 'get').mockReturnValue(size);
  return { [Symbol.dispose]: () => spy.mockRestore() };
}

import { FiresteelError } from '@firesteel/common';
import { describe, expect, it } from 'vitest';
import { assertKey } from './key-check.js';
import { keysEqual } from './key-equality.js';
import { hashKey } from './key-hash.js';
import { compareKeys } from './key-order.js';

class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}
}

class KeyPoint extends Point {
  hashCode(): number {
    return this.x * 31 + this.y;
  }

  equals(other: unknown): boolean {
    return other instanceof KeyPoint && other.x === this.x && other.y === this.y;
  }

  compareTo(other: unknown): number {
    return this.x - (other as KeyPoint).x || this.y - (other as KeyPoint).y;
  }
}

function cyclic(): unknown[] {
  const items: unknown[] = [1];
  items.push({ items });
  return items;
}

function nested(depth: number): unknown {
  let key: unknown = 1;
  for (let i = 0; i < depth; i++) key = [key];
  return key;
}

describe('hashKey', () => {
  // Saved data is partitioned by these: they must never change.
  it.each<[name: string, key: unknown, hash: number]>([
    ['null', null, -701035151],
    ['undefined', undefined, -1509297922],
    ['false', false, -2036235296],
    ['true', true, -829338751],
    ['0', 0, 174189471],
    ['-0', -0, 174189471],
    ['1', 1, -1489164415],
    ['-1', -1, -185023551],
    ['1.5', 1.5, -2066776566],
    ['2 ** 40', 2 ** 40, 1970806082],
    ['NaN', Number.NaN, 907382970],
    ['Infinity', Number.POSITIVE_INFINITY, -1819141816],
    ['0n', 0n, 2039433859],
    ['1n', 1n, 2085601621],
    ['-1n', -1n, 565207669],
    ['2n ** 64n', 2n ** 64n, -1864478746],
    ['empty string', '', 0],
    ['a', 'a', 348108282],
    ['hello world', 'hello world', -42974437],
    ['umlauts', 'äöü', 543450980],
    ['CJK', '日本語', 1295985783],
    ['lone surrogate', '\ud800', 888627813],
    ['date', new Date(0), 530707784],
    ['invalid date', new Date(Number.NaN), 98553536],
    ['bytes', Uint8Array.of(1, 2, 3, 4, 5), -1311172757],
    ['Buffer', Buffer.from([1, 2, 3, 4, 5]), -1311172757],
    ['Int8Array', Int8Array.of(1, 2, 3, 4, 5), -359254318],
    ['empty array', [], 1949990093],
    ['pair', ['a', 1], -251777424],
    ['nested', [[1], [2, [3]]], -160958451],
    ['empty object', {}, 1128734161],
    ['object', { a: 1, b: 'x' }, 969069597],
    ['Map', new Map([['a', 1]]), -1077994068],
    ['Set', new Set(['a', 1]), -1787881319],
    ['instance', new KeyPoint(3, 4), 491915430],
  ])('%s', (_name, key, hash) => {
    expect(hashKey(key)).toBe(hash);
  });
});

describe('keysEqual', () => {
  it.each<[a: unknown, b: unknown]>([
    [Number.NaN, Number.NaN],
    [0, -0],
    [
      [1, [2]],
      [1, [2]],
    ],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [Object.assign(new Array<unknown>(3), { 0: 1, 2: 2 }), [1, undefined, 2]],
    [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [new Date(Number.NaN), new Date(Number.NaN)],
    [Buffer.from([1]), Uint8Array.of(1)],
    [new Set([[1], [1]]), new Set([[1], [1]])],
    [new Map([[{ a: 1 }, 2]]), new Map([[{ a: 1 }, 2]])],
    [new KeyPoint(1, 2), new KeyPoint(1, 2)],
  ])('%o equals %o', (a, b) => {
    expect(keysEqual(a, b)).toBe(true);
    expect(hashKey(a)).toBe(hashKey(b));
  });

  it.each<[a: unknown, b: unknown]>([
    [1, '1'],
    [1, 1n],
    [1, true],
    [null, undefined],
    [[], {}],
    [[1], [1, 2]],
    [{ a: undefined }, {}],
    [{ a: undefined }, { b: undefined }],
    [{}, { __proto__: null, b: 1 }],
    [new Date(5), 5],
    [Uint8Array.of(1), Int8Array.of(1)],
    [new Set([[1], [1], [2]]), new Set([[1], [2], [2]])],
    [new Map([['a', 1]]), new Map([['a', 2]])],
    [new Set(), new Map()],
    [new KeyPoint(1, 2), new KeyPoint(2, 1)],
  ])('%o differs from %o', (a, b) => {
    expect(keysEqual(a, b)).toBe(false);
    expect(keysEqual(b, a)).toBe(false);
  });
});

describe('compareKeys', () => {
  it('sorts every kind', () => {
    const ascending: unknown[] = [
      null,
      undefined,
      false,
      true,
      Number.NEGATIVE_INFINITY,
      -2n,
      -1.5,
      0,
      0n,
      1,
      1n,
      1.5,
      2n ** 53n,
      2 ** 53 + 2,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      '',
      'Z',
      'a',
      'ab',
      '\u{1f600}',
      '\ue000',
      new Date(-1),
      new Date(1),
      new Date(Number.NaN),
      new ArrayBuffer(1),
      Int8Array.of(-1),
      Uint8Array.of(),
      Uint8Array.of(1, 255),
      Uint8Array.of(2),
      [],
      [null],
      [1],
      [1, 'a'],
      [2],
      {},
      { a: 1 },
      { b: 0, a: 1 },
      { a: 1, b: 1 },
      { b: 0 },
      new KeyPoint(1, 2),
      new KeyPoint(2, 1),
    ];
    for (let i = 0; i < ascending.length; i++)
      for (let j = 0; j < ascending.length; j++)
        expect([i, j, Math.sign(compareKeys(ascending[i], ascending[j]))]).toEqual([
          i,
          j,
          Math.sign(i - j),
        ]);
  });

  it('refuses what has no order', () => {
    for (const key of [new Map(), new Set(), Symbol('s')])
      expect(() => compareKeys(key, key)).toThrowError(
        expect.objectContaining({ code: 'UNSUPPORTED_KEY' }),
      );
    expect(() => compareKeys(1, new Point(1, 2))).toThrowError(/class Point/);
  });
});

describe('assertKey', () => {
  it.each<[key: unknown, message: RegExp]>([
    [() => 1, /a function/],
    [function named() {}, /the function named/],
    [Symbol('s'), /a symbol/],
    [Promise.resolve(1), /a Promise/],
    [new WeakMap(), /an instance of class WeakMap/],
    [/a/, /an instance of class RegExp/],
    [new Point(1, 2), /an instance of class Point/],
    [['a', { b: [new Point(1, 2)] }], /class Point at \[1\]\.b\[0\]/],
    [new Map([['a', () => 1]]), /at \.values\(\)\[0\]/],
    [new Set([Symbol('s')]), /at \.values\(\)\[0\]/],
    [cyclic(), /cyclic/],
    [nested(101), /cyclic or nested deeper/],
  ])('refuses %o', (key, message) => {
    for (const use of [assertKey, hashKey])
      expect(() => use(key)).toThrowError(expect.objectContaining({ code: 'UNSUPPORTED_KEY' }));
    expect(() => assertKey(key)).toThrowError(message);
  });

  it('names kind and path as data', () => {
    try {
      assertKey([1, { f: () => 1 }]);
      expect.unreachable();
    } catch (error) {
      expect(FiresteelError.is(error, 'UNSUPPORTED_KEY') && error.data).toEqual({
        kind: 'the function f',
        path: '[1].f',
      });
    }
  });

  it('ends the comparison of cyclic keys', () => {
    expect(() => keysEqual(cyclic(), cyclic())).toThrowError(/cyclic/);
    expect(() => compareKeys(cyclic(), cyclic())).toThrowError(/cyclic/);
  });

  it('takes deep keys and shared parts that are no cycle', () => {
    const shared = [1];
    expect(() => assertKey([shared, shared])).not.toThrow();
    expect(() => assertKey(nested(100))).not.toThrow();
    expect(hashKey(nested(100))).toBe(hashKey(nested(100)));
  });
});

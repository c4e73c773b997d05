import { describe, expect, it } from 'vitest';
import { type Block, decodeRows, openBlock } from './block.js';
import { BlockBuilder, encodeBlock, encodeRows, pairBlockOf } from './block-builder.js';
import { Float64ColumnBuilder, Int32ColumnBuilder } from './fixed-column-builders.js';
import { StringColumnBuilder } from './string-column-builder.js';

function roundTrip(rows: readonly unknown[]): unknown[] {
  return decodeRows(new Uint8Array(encodeRows(rows)));
}

function open(rows: readonly unknown[]): Block {
  return openBlock(new Uint8Array(encodeRows(rows)));
}

/** Kind of a column with those of the columns inside it. */
function shape(column: Block['root']): string {
  switch (column.kind) {
    case 'tuple':
      return `[${column.fields.map(shape).join(', ')}]`;
    case 'object':
      return `{${column.keys.map((key, i) => `${key}: ${shape(column.fields[i] as Block['root'])}`).join(', ')}}`;
    case 'list':
      return `${shape(column.items)}[]`;
    default:
      return column.kind;
  }
}

const cases: [name: string, rows: unknown[], shape: string][] = [
  ['no rows', [], 'constant'],
  ['small integers', [1, -2, 2 ** 31 - 1, -(2 ** 31)], 'i32'],
  ['a larger integer', [1, 2 ** 31], 'f64'],
  ['fractions', [1, 2, 2.5, Number.NaN, Number.POSITIVE_INFINITY], 'f64'],
  ['-0 among integers', [1, -0, 0], 'f64'],
  ['-0 first', [-0, 1], 'f64'],
  ['one number', [7, 7, 7], 'constant'],
  ['one NaN', [Number.NaN, Number.NaN], 'constant'],
  ['only -0', [-0, -0], 'constant'],
  ['both zeros', [0.5, -0, 0, 0.5], 'f64'],
  ['zeros that widened', [0, 0, -0], 'f64'],
  ['strings', ['', 'a', 'é', 'x'.repeat(127)], 'string'],
  ['long strings', ['x'.repeat(128), 'y'.repeat(9000), 'z'], 'string'],
  ['wide strings', ['日本', '', 'a', '\u{1f600}'.repeat(90), 'é'], 'string'],
  ['lone surrogates', ['\ud800', 'a\udfffb'], 'string'],
  ['booleans', [true, false, true], 'bool'],
  ['one boolean', [true, true], 'constant'],
  ['bigints of 64 bits', [1n, 2n ** 63n - 1n, -(2n ** 63n)], 'bigint64'],
  ['larger bigints', [1n, 2n ** 63n], 'any'],
  ['dates', [new Date(0), new Date(Number.NaN), new Date(8.64e15)], 'date'],
  ['bytes', [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)], 'bytes'],
  ['Buffers', [Buffer.from('ab'), Buffer.from('')], 'bytes'],
  ['bytes and Buffers', [Uint8Array.of(1), Buffer.from('b')], 'any'],
  ['other typed arrays', [Float64Array.of(1, -0), Float64Array.of()], 'any'],
  ['only null', [null, null], 'constant'],
  ['only undefined', [undefined], 'constant'],
  ['null and undefined', [null, undefined, null], 'constant'],
  ['nullable numbers', [null, 1, undefined, 2], 'i32'],
  ['nullable numbers that widen', [1, null, 2.5, undefined], 'f64'],
  ['nullable strings', ['a', null, undefined, 'b'], 'string'],
  ['nullable booleans', [null, true, true], 'bool'],
  ['nullable dates', [null, new Date(1), undefined], 'date'],
  ['nullable bytes', [null, Uint8Array.of(1), undefined, Uint8Array.of(2)], 'bytes'],
  ['nullable bigints', [1n, null], 'bigint64'],
  ['numbers and strings', [1, 'a', null, undefined], 'any'],
  ['pairs', [['a', 1], ['b', 2]], '[string, i32]'], // biome-ignore format: one line
  ['pairs with a null value', [['a', 1], ['b', null], ['c', undefined]], '[string, i32]'], // biome-ignore format: one line
  ['nullable pairs', [null, ['a', 1], undefined, ['b', 2]], '[string, i32]'],
  ['nested pairs', [['a', [1, 0.5]], ['b', [2, 1.5]]], '[string, [i32, f64]]'], // biome-ignore format: one line
  ['a join', [['a', [1, 'x']], ['b', [2, undefined]], ['c', [3, 'y']]], '[string, [i32, string]]'], // biome-ignore format: one line
  ['one-element arrays', [[1], [2]], '[i32]'],
  ['arrays of varying length', [[1, 2], [3], [], [4, 5, 6]], 'i32[]'],
  ['arrays that begin empty', [[], [1.5, 2]], 'f64[]'],
  ['only empty arrays', [[], []], 'constant[]'],
  ['nullable lists', [[1], null, [2, 3], undefined, []], 'i32[]'],
  ['lists of mixed values', [[1, 'a'], [null]], 'any[]'],
  ['groups', [['a', [1, 2]], ['b', [3]]], '[string, i32[]]'], // biome-ignore format: one line
  ['lists of lists', [[[1], []], [[2, 3]], []], 'i32[][]'],
  ['long arrays', [Array.from({ length: 17 }, (_, i) => i)], 'i32[]'],
  ['objects', [{ id: 1, name: 'a' }, { id: 2, name: 'b' }], '{id: i32, name: string}'], // biome-ignore format: one line
  ['empty objects', [{}, {}], '{}'],
  ['nullable objects', [{ a: 1 }, null, { a: 2 }], '{a: i32}'],
  ['objects with odd keys', [{ constructor: 1, 'a b': 2, 7: 3, '\ud800': 4 }], '{7: constant, constructor: constant, a b: constant, \ud800: constant}'], // biome-ignore format: one line
  [
    'objects in other key order',
    [
      { a: 1, b: 2 },
      { b: 1, a: 2 },
    ],
    'any',
  ],
  ['objects with a key more', [{ a: 1 }, { a: 2, b: 3 }], 'any'],
  ['objects with a key less', [{ a: 1, b: 2 }, { a: 3 }], 'any'],
  ['objects and arrays', [{ a: 1 }, [1]], 'any'],
  ['a __proto__ key', [JSON.parse('{"__proto__":1}')], 'any'],
  ['holes in arrays', [new Array(2), [1, 2]], 'any'],
  ['holes after full arrays', [[1, 2], new Array(2)], 'any'],
  ['holes in lists', [[1], [1, 2], new Array(3)], 'any'],
  ['Map, Set, RegExp', [new Map([[{ a: 1 }, -0]]), new Set([[1]]), /a.b/giu], 'any'],
  ['nested records', [{ p: { x: 1, tags: ['a', 'b', 'c'] } }, { p: { x: 0.5, tags: [] } }], '{p: {x: f64, tags: string[]}}'], // biome-ignore format: one line
];

describe('blocks', () => {
  it.each(cases)('%s', (_name, rows, expected) => {
    const block = open(rows);
    expect(shape(block.root)).toBe(expected);
    expect(block.rowCount).toBe(rows.length);
    expect(block.root.toArray()).toStrictEqual(rows);
    expect(rows.map((_, i) => block.root.get(i))).toStrictEqual(rows);
    for (let from = 0; from <= rows.length; from++)
      for (let to = from; to <= rows.length + 1; to++)
        expect(block.root.toArray(from, to)).toStrictEqual(rows.slice(from, to));
    expect(Array.from(block.root.slice(0, rows.length))).toStrictEqual(rows);
  });

  it('reads many rows in chunks', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({
      id: i,
      text: i % 900 === 0 ? 'long '.repeat(400) : `${'é日'[i % 2]}${i}`,
      list: Array.from({ length: i % 5 }, (_, j) => [i, `${j}`]),
    }));
    const { root } = open(rows);
    expect(root.toArray()).toStrictEqual(rows);
    expect(root.toArray(4000, 4003)).toStrictEqual(rows.slice(4000, 4003));
    const chunks = [];
    for (let from = 0; from < rows.length; from += 999)
      chunks.push(...root.toArray(from, from + 999));
    expect(chunks).toStrictEqual(rows);
  });

  it('is written and read at any 8-aligned offset of shared memory, without a copy', () => {
    const builder = new BlockBuilder();
    for (let i = 0; i < 100; i++) builder.appendRow([`key${i}`, i / 3, [i], /x/]);
    const size = builder.sizeBytes();
    expect(size % 8).toBe(0);
    const shared = new SharedArrayBuffer(size * 2 + 24);
    const target = new Uint8Array(shared, 8).fill(0xff);
    expect(builder.writeTo(target, 0)).toBe(size);
    expect(builder.writeTo(target, size)).toBe(size);
    expect(target.subarray(0, size)).toEqual(target.subarray(size, size * 2));
    expect(new Uint8Array(shared, 8 + size * 2).every((byte) => byte === 0xff)).toBe(true);
    const { root } = openBlock(target.subarray(size));
    expect(root.toArray()).toStrictEqual(decodeRows(target));
    if (root.kind !== 'tuple' || root.fields[1]?.kind !== 'f64') return expect.unreachable();
    expect(root.fields[1].values.buffer).toBe(shared);
  });

  it('moves a block that is not aligned', () => {
    const block = new Uint8Array(encodeRows([1.5, 2.5]));
    const shifted = new Uint8Array(block.length + 3);
    shifted.set(block, 3);
    expect(decodeRows(shifted.subarray(3))).toEqual([1.5, 2.5]);
  });

  it('gives rows that share no memory with the block', () => {
    const rows = [[Uint8Array.of(1, 2)], [Uint8Array.of(3)]];
    const bytes = new Uint8Array(encodeRows(rows));
    const decoded = decodeRows(bytes) as [Uint8Array][];
    bytes.fill(0);
    expect(decoded).toStrictEqual(rows);
    expect(decoded[0]?.[0].buffer).toBeInstanceOf(ArrayBuffer);
  });
});

describe('BlockBuilder', () => {
  it('infers types anew after reset', () => {
    const builder = new BlockBuilder();
    const batches = [
      [['a', 1], ['日', null]],
      [[1.5, 'x'], [undefined, 'y']],
      [1, 2],
      ['a', { b: 1 }],
      [['a', 1], ['b', 2]],
      [[1], [2, 3]],
      [{ a: 1 }, { a: 2 }],
      [{ a: 'x' }, { a: 'y' }],
      [],
    ]; // biome-ignore format: a table
    for (const rows of batches) {
      builder.reset();
      for (const row of rows) builder.appendRow(row);
      expect(builder.rowCount).toBe(rows.length);
      const bytes = new Uint8Array(encodeBlock(builder));
      expect(bytes.length).toBe(builder.sizeBytes());
      expect(bytes).toEqual(new Uint8Array(encodeRows(rows)));
      expect(decodeRows(bytes)).toStrictEqual(rows);
    }
  });

  it('goes on after it was written', () => {
    const builder = new BlockBuilder();
    const rows: unknown[] = [];
    for (const row of [1, 2, 2.5, 'a', 'b', new Map(), null]) {
      rows.push(row);
      builder.appendRow(row);
      expect(decodeRows(new Uint8Array(encodeBlock(builder)))).toStrictEqual(rows);
    }
    const strings = new BlockBuilder();
    for (const row of ['a', '日', 'b', '']) {
      strings.appendRow(row);
      strings.sizeBytes();
    }
    expect(decodeRows(new Uint8Array(encodeBlock(strings)))).toEqual(['a', '日', 'b', '']);
  });

  it('takes pairs in place of arrays', () => {
    const pairs: [unknown, unknown][] = [
      ['a', 1],
      ['b', 2.5],
      [null, { x: 1 }],
      [undefined, undefined],
    ];
    const builder = new BlockBuilder();
    for (const [key, value] of pairs) builder.appendPair(key, value);
    expect(new Uint8Array(encodeBlock(builder))).toEqual(new Uint8Array(encodeRows(pairs)));
    builder.appendRow('no pair');
    builder.appendPair(1, 2);
    expect(decodeRows(new Uint8Array(encodeBlock(builder)))).toEqual([...pairs, 'no pair', [1, 2]]);
  });

  it.each<[row: unknown, path: string, kind: string]>([
    [() => 1, 'row', 'a function'],
    [{ id: 1, on: { click: [function handler() {}] } }, 'row.on.click[0]', 'the function handler'],
    [['a', Symbol('s')], 'row[1]', 'a symbol'],
    [['a', Promise.resolve()], 'row[1]', 'a Promise'],
    [[new (class Point {})()], 'row[0]', 'an instance of class Point'],
    [{ 'a b': new (class extends Map {})() }, 'row["a b"]', 'an instance of an anonymous class'],
    [new (class Rows extends Array {})(), 'row', 'an instance of class Rows'],
    [[[1], [new WeakSet()]], 'row[1][0]', 'an instance of class WeakSet'],
    [[1, 2, new SharedArrayBuffer(8)], 'row[2]', 'an instance of class SharedArrayBuffer'],
    [new Map([['k', { f: () => 1 }]]), 'row.values()[0].f', 'the function f'],
    [new Set([Symbol('s')]), 'row.values()[0]', 'a symbol'],
    [Object.assign(new Error('x'), { f: () => 1 }), 'row.f', 'the function f'],
  ])('refuses %o', (row, path, kind) => {
    for (const rows of [[row], [row, 1], [1, row]])
      expect(() => encodeRows(rows)).toThrowError(
        expect.objectContaining({ code: 'UNSUPPORTED_VALUE', data: { kind, path } }),
      );
  });

  it('refuses proxies that are no plain data, and those that V8 would have to carry', () => {
    for (const row of [new Proxy(new Map(), {}), new Map([[1, [-0, new Proxy({}, {})]]])])
      expect(() => encodeRows([row])).toThrowError(
        expect.objectContaining({ code: 'UNSUPPORTED_VALUE' }),
      );
    expect(roundTrip([new Proxy({ a: 1 }, {})])).toStrictEqual([{ a: 1 }]);
  });

  it('carries an array of four billion holes', () => {
    const sparse: unknown[] = [];
    sparse[2 ** 32 - 2] = 'last';
    const [decoded] = roundTrip([sparse, [1]]) as [unknown[]];
    expect(decoded.length).toBe(2 ** 32 - 1);
    expect(Object.entries(decoded)).toEqual([[String(2 ** 32 - 2), 'last']]);
  });

  it('carries cyclic rows and rows nested deeper than columns are', () => {
    const cyclic: unknown[] = [1];
    cyclic.push(cyclic);
    const [decoded] = roundTrip([cyclic]) as [unknown[]];
    let deep: unknown = 'leaf';
    for (let i = 0; i < 100; i++) deep = [deep, { i }];
    expect(roundTrip([deep])).toStrictEqual([deep]);
    // The first levels are columns; below them the cycle is whole.
    let inner = decoded as unknown[];
    for (let i = 0; i < 20; i++) {
      expect(inner[0]).toBe(1);
      inner = inner[1] as unknown[];
    }
    expect(inner[1]).toBe(inner);
  });

  it('refuses rows that are nested too deeply for any encoding', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(() => encodeRows([deep])).toThrowError(
      expect.objectContaining({ code: 'UNSUPPORTED_VALUE' }),
    );
  });
});

describe('pairBlockOf', () => {
  it('writes two columns as rows', () => {
    const keys = new StringColumnBuilder();
    const values = new Float64ColumnBuilder();
    const source = Buffer.from(`xxhello${'é'.repeat(40)}`, 'latin1');
    keys.append('日本');
    keys.appendLatin1(source, 2, 5);
    keys.append('b');
    keys.appendLatin1(source, 7, 40);
    keys.appendLatin1(source, 0, 0);
    for (let i = 0; i < 5; i++) values.append(i / 2);
    const pairs = pairBlockOf(5, keys, values);
    const block = openBlock(new Uint8Array(encodeBlock(pairs)));
    expect(shape(block.root)).toBe('[string, f64]');
    expect(block.root.toArray()).toEqual([
      ['日本', 0],
      ['hello', 0.5],
      ['b', 1],
      ['é'.repeat(40), 1.5],
      ['', 2],
    ]);
  });

  it('is empty for empty columns, and can be used again', () => {
    const keys = new Int32ColumnBuilder();
    const values = new Float64ColumnBuilder();
    expect(decodeRows(new Uint8Array(encodeBlock(pairBlockOf(0, keys, values))))).toEqual([]);
    for (let i = 0; i < 1000; i++) {
      keys.append(i);
      values.append(i * 2);
    }
    expect(decodeRows(new Uint8Array(encodeBlock(pairBlockOf(1000, keys, values)))).at(-1)).toEqual(
      [999, 1998],
    );
    keys.reset();
    values.reset();
    keys.append(5);
    values.append(6);
    expect(decodeRows(new Uint8Array(encodeBlock(pairBlockOf(1, keys, values))))).toEqual([[5, 6]]);
  });

  it('refuses columns of other lengths', () => {
    expect(() => pairBlockOf(1, new Int32ColumnBuilder(), new Int32ColumnBuilder())).toThrowError(
      expect.objectContaining({ code: 'INTERNAL' }),
    );
  });
});

import { hashKey, hashString } from '@firesteel/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CombineTables } from './combine-tables.js';
import { KeyTable } from './key-table.js';
import { StringTable } from './string-table.js';

const newTables = () => new CombineTables('map');

/** What the generated code does, for all kinds of keys and results. */
function add(
  tables: CombineTables,
  key: unknown,
  value: unknown,
  merge: (a: never, b: never) => unknown,
) {
  const typed =
    typeof key === 'string'
      ? { table: tables.strings, at: (s: number) => (s << 2) + 3 }
      : typeof key === 'number'
        ? { table: tables.numbers, at: (s: number) => (s << 1) + 1 }
        : undefined;
  if (typed === undefined) {
    const e = tables.others.find(key);
    if (e >= 0) tables.others.values[e] = merge(tables.others.values[e] as never, value as never);
    else tables.others.values[~e] = value;
    return;
  }
  const { table, at } = typed;
  const found = (table as { find(key: unknown): number }).find(key);
  const slot = found < 0 ? ~found : found;
  const old = table.floats[at(slot)] as number;
  if (table.boxed === null) {
    const merged = found < 0 ? value : merge(old as never, value as never);
    if (typeof merged === 'number') table.floats[at(slot)] = merged;
    else table.box(slot, merged);
  } else if (found < 0) table.floats[at(slot)] = table.boxed.push(value) - 1;
  else table.boxed[old] = merge(table.boxed[old] as never, value as never);
}

function contents(tables: CombineTables): [unknown, unknown][] {
  const rows: [unknown, unknown][] = [];
  for (const { keys, values, length } of tables.chunks())
    for (let i = 0; i < length; i++) rows.push([keys[i], values[i]]);
  return rows;
}

const asText = (key: unknown) => `${typeof key}:${Object.is(key, -0) ? 0 : String(key)}`;

const key = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    'a',
    '0123456789abcdef',
    '0123456789abcdefg',
    'ÿ',
    'Ā',
    '\u0000',
    '\u0000\u0000',
  ),
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined),
);

describe('combine tables', () => {
  it('sum like a Map does, for keys of all kinds', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.integer())), (pairs) => {
        const tables = newTables();
        const expected = new Map<string, number>();
        for (const [k, v] of pairs) {
          add(tables, k, v, (a: number, b: number) => a + b);
          expected.set(asText(k), (expected.get(asText(k)) ?? 0) + v);
        }
        const actual = contents(tables).map(([k, v]) => [asText(k), v]);
        expect(actual.length).toBe(expected.size);
        expect(new Map(actual as [string, number][])).toEqual(expected);
        expect(tables.size).toBe(expected.size);
      }),
    );
  });

  it('lose nothing when values stop being numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.oneof(fc.integer(), fc.string()))), (pairs) => {
        const tables = newTables();
        const expected = new Map<string, unknown>();
        const merge = (a: unknown, b: unknown) =>
          typeof a === 'number' && typeof b === 'number' ? a + b : `${a}|${b}`;
        for (const [k, v] of pairs) {
          add(tables, k, v, merge as never);
          const text = asText(k);
          expected.set(text, expected.has(text) ? merge(expected.get(text), v) : v);
        }
        const actual = contents(tables).map(([k, v]) => [asText(k), v] as const);
        expect(new Map(actual)).toEqual(expected);
      }),
    );
  });

  it('grow past many chunks and keep every key', () => {
    const tables = newTables();
    for (let i = 0; i < 20_000; i++) {
      add(
        tables,
        `key number ${i % 7000}`.slice(0, 10 + (i % 9)),
        1,
        (a: number, b: number) => a + b,
      );
      add(tables, i % 5000, 1, (a: number, b: number) => a + b);
    }
    const total = contents(tables).reduce((sum, [, n]) => sum + (n as number), 0);
    expect(total).toBe(40_000);
    expect(new Set(contents(tables).map(([k]) => asText(k))).size).toBe(tables.size);
  });

  it('store the canonical hash beside a string key, however it was given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 24 }), (text) => {
        const tables = newTables();
        const slot = ~tables.strings.find(text);
        const hash = tables.strings.ints[(slot << 3) + 5];
        expect(hash).toBe(hashString(text));
        expect(hash).toBe(hashKey(text));
      }),
    );
  });

  it('stay fast when filled in the order of another table', () => {
    const first = new CombineTables('map');
    for (let i = 0; i < 200_000; i++) add(first, `k${i}`, 1, (a: number, b: number) => a + b);
    const fill = (role: 'map' | 'reduce', rows: [unknown, unknown][]) => {
      const tables = new CombineTables(role);
      const start = process.cpuUsage();
      for (const [k, v] of rows) add(tables, k, v, (a: number, b: number) => a + b);
      return process.cpuUsage(start).user;
    };
    const inSlotOrder = contents(first);
    const inOrder = inSlotOrder.toSorted(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
    // A quadratic fill takes a hundred times as long, not twice.
    expect(fill('reduce', inSlotOrder)).toBeLessThan(10 * fill('reduce', inOrder));
  });

  it('find a key given as latin1 bytes where the string put it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 24 }), fc.nat(5), (text, offset) => {
        const table = new StringTable('map');
        const slot = ~table.find(text);
        const bytes = Buffer.concat([Buffer.alloc(offset, 120), Buffer.from(text, 'latin1')]);
        expect(table.findLatin1(bytes, offset, text.length)).toBe(slot);
      }),
    );
  });

  it('treat composite keys by value and refuse what has none', () => {
    const table = new KeyTable('map');
    const entry = ~table.find([1, ['a', null]]);
    expect(table.find([1, ['a', null]])).toBe(entry);
    expect(table.find([1, ['a', undefined]])).not.toBe(entry);
    expect(() => table.find(() => 1)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_KEY' }));
  });
});

import type { Resource } from '@firesteel/mesos-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, contains, scalarOf, subtract } from './arithmetic.js';
import { parseAttributes, parseResources } from './parse.js';
import { resourcesText } from './text.js';

const scalar = fc.record({
  name: fc.constantFrom('cpus', 'mem'),
  type: fc.constant('SCALAR' as const),
  scalar: fc.nat(5000).map((n) => ({ value: n / 1000 })),
  reservations: fc.constantFrom([], [{ type: 'STATIC' as const, role: 'web' }]),
});
const ranges = fc.record({
  name: fc.constant('ports'),
  type: fc.constant('RANGES' as const),
  ranges: fc.array(fc.tuple(fc.nat(40), fc.nat(5)), { maxLength: 4 }).map((pairs) => ({
    range: pairs.map(([begin, length]) => ({ begin: BigInt(begin), end: BigInt(begin + length) })),
  })),
});
const set = fc.record({
  name: fc.constant('media'),
  type: fc.constant('SET' as const),
  set: fc.uniqueArray(fc.constantFrom('ssd', 'hdd', 'tape')).map((item) => ({ item })),
});
const list = fc.array(fc.oneof(scalar, ranges, set) as fc.Arbitrary<Resource>, { maxLength: 6 });

test('what is added can be taken away again, and is contained', () => {
  fc.assert(
    fc.property(list, list, (a, b) => {
      const sum = add(a, b);
      expect(contains(sum, a)).toBe(true);
      expect(subtract(sum, sum)).toEqual([]);
      // Overlapping ranges and sets merge, so only scalars come back exactly.
      const rest = subtract(sum, b);
      expect(scalarOf(rest, 'cpus')).toBeCloseTo(scalarOf(a, 'cpus'), 9);
    }),
  );
});

test('ports leave holes and close them', () => {
  const ports = parseResources('ports:[31000-31009]');
  const some = parseResources('ports:[31002-31003,31009-31009]');
  const rest = subtract(ports, some);
  expect(resourcesText(rest)).toBe('ports:[31000-31001, 31004-31008]');
  expect(resourcesText(add(rest, some))).toBe('ports:[31000-31009]');
  expect(contains(rest, parseResources('ports:[31001-31002]'))).toBe(false);
});

test('scalars count in thousandths', () => {
  const tenth = parseResources('cpus:0.1');
  const three = add(add(tenth, tenth), tenth);
  expect(scalarOf(three, 'cpus')).toBe(0.3);
  expect(contains(parseResources('cpus:0.3'), three)).toBe(true);
});

test('reserved and unreserved are different kinds', () => {
  expect(contains(parseResources('cpus(web):1;cpus:1'), parseResources('cpus:2'))).toBe(false);
});

test('the text forms of the agent flags', () => {
  expect(resourcesText(parseResources('cpus(web):1; ports:[1-2,4-4];media:{ssd,hdd}'))).toBe(
    'cpus(reservations: [(STATIC,web)]):1; ports:[1-2, 4-4]; media:{ssd, hdd}',
  );
  expect(parseAttributes('rack:a:b;zone:2;slots:[1-4]').map(({ type }) => type)).toEqual([
    'TEXT',
    'SCALAR',
    'RANGES',
  ]);
  expect(() => parseAttributes('media:{ssd}')).toThrow('attributes must be');
  expect(() => parseResources('cpus')).toThrow('resources must be');
  expect(() => parseResources('ports:[1]')).toThrow('a range must be');
});

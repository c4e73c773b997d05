import { FiresteelContext, RDD } from '@firesteel/rdd';
import { afterEach, expect, it, vi } from 'vitest';
import { completeLine } from './complete-line.js';

const session = { names: ['numbers'] };
const members = (line: string) => completeLine(line, session)[0];

afterEach(() => vi.unstubAllGlobals());

it('completes what a user calls on the context and on RDDs, also behind calls', () => {
  vi.stubGlobal('sc', Object.create(FiresteelContext.prototype));
  vi.stubGlobal('numbers', Object.create(RDD.prototype));
  expect(members('sc.text')).toEqual(['textFile']);
  expect(members('numbers.ma')).toEqual([
    'map',
    'mapAsync',
    'mapPartitions',
    'mapPartitionsWithIndex',
    'mapValues',
    'max',
  ]);
  expect(members('numbers.map((x) => x).takeO')).toEqual(['takeOrdered']);
  for (const line of ['sc.', 'numbers.'])
    for (const name of ['engine', 'callSite', 'nodeOf', 'rowFunction', 'derive', 'constructor'])
      expect(members(line)).not.toContain(name);
});

it('reads no getter and calls nothing', () => {
  vi.stubGlobal('trap', {
    get value() {
      throw new Error('read');
    },
    plain: { inner: 1 },
  });
  expect(members('trap.')).toEqual(['plain', 'value']);
  expect(members('trap.plain.')).toEqual(['inner']);
  expect(members('trap.value.')).toEqual([]);
  expect(members('nothing.')).toEqual([]);
});

it('completes names, keywords and commands', () => {
  expect(members('numb')).toEqual(['numbers']);
  expect(members('const x = awa')).toEqual(['await']);
  expect(members('.he')).toEqual(['help']);
});

import type { Attribute } from '@firesteel/mesos-protocol';
import { expect, test } from 'vitest';
import { parseConstraints } from './constraints.js';

const attributes: readonly Attribute[] = [
  { name: 'rack', type: 'TEXT', text: { value: 'r1' } },
  { name: 'zone', type: 'SCALAR', scalar: { value: 2 } },
  { name: 'disks', type: 'SET', set: { item: ['ssd', 'hdd'] } },
  {
    name: 'slots',
    type: 'RANGES',
    ranges: {
      range: [
        { begin: 1n, end: 4n },
        { begin: 8n, end: 9n },
      ],
    },
  },
  { name: 'odd', type: 'TEXT', text: { value: 'a;b:c' } },
];

const agent = { hostname: 'node7.example', attributes };

test.each([
  '',
  ' ; ',
  'rack',
  'rack:',
  '!gpu',
  'rack:r1',
  'rack:r0,r1',
  'rack:!r0,r2',
  'rack:~r[0-9]',
  'rack:!~x.*',
  'zone:2',
  'zone:1.5,9',
  'zone:!3',
  'zone:~2',
  'disks:ssd',
  'disks:hdd,ssd',
  'disks:!ssd,tape',
  'disks:~h..',
  'slots:3',
  'slots:6,9',
  'slots:!5',
  'slots:~\\[1-4,8-9\\]',
  'hostname:node7.example',
  'hostname:~node\\d+\\.example',
  'odd:a\\;b:c',
  'odd:~a\\;.*',
  'gpu:!yes',
  'rack:r1;zone:1;disks:ssd',
  'rack:UNIQUE',
])('%j holds', (text) => {
  expect(parseConstraints(text).unmetBy(agent)).toBeUndefined();
});

test.each([
  'gpu',
  '!rack',
  'rack:r2',
  'rack:!r1',
  'rack:~r',
  'rack:!~r.',
  'zone:3',
  'zone:x',
  'zone:!1',
  'disks:ssd,tape',
  'disks:!ssd',
  'slots:5',
  'slots:!3,5',
  'slots:x',
  'hostname:node8.example',
  'gpu:~.*',
  'gpu:GROUP_BY',
])('%j does not hold', (text) => {
  expect(parseConstraints(text).unmetBy(agent)).toBe(text);
});

test('names the first constraint that does not hold', () => {
  expect(parseConstraints('rack:r1;zone:3;gpu').unmetBy(agent)).toBe('zone:3');
});

test.each([
  ['rack:UNIQUE', { attribute: 'rack', kind: 'maxPerValue', count: 1 }],
  ['hostname:MAX_PER:3', { attribute: 'hostname', kind: 'maxPerValue', count: 3 }],
  ['rack:GROUP_BY', { attribute: 'rack', kind: 'groupBy', count: 1 }],
  ['rack:GROUP_BY:4', { attribute: 'rack', kind: 'groupBy', count: 4 }],
])('%s limits spreading', (text, limit) => {
  expect(parseConstraints(text).spreading).toEqual([limit]);
});

test.each([
  ':x',
  '!',
  '!rack:r1',
  'rack:~(',
  'rack:MAX_PER',
  'rack:MAX_PER:0',
  'rack:MAX_PER:x',
  'rack:UNIQUE:2',
  'rack:GROUP_BY:1.5',
])('%j is refused', (text) => {
  expect(() => parseConstraints(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_CONFIG_VALUE' }),
  );
});

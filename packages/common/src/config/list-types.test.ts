import { expect, it } from 'vitest';
import { assignments, labels, textList, volumes } from './list-types.js';

it('reads lists, with escaped commas', () => {
  expect(textList.parse('a, b\\,c')).toEqual(['a', 'b,c']);
  expect(textList.parse('a,,b')).toBeUndefined();
});

it('reads labels, with escaped colons', () => {
  expect(labels.parse('team:data, url:http\\://h')).toEqual([
    ['team', 'data'],
    ['url', 'http://h'],
  ]);
  expect(labels.parse('a:b:c')).toBeUndefined();
  expect(labels.parse('a')).toBeUndefined();
});

it('reads assignments up to the first equals sign', () => {
  expect(assignments.parse('A=x=y,B=')).toEqual([
    ['A', 'x=y'],
    ['B', ''],
  ]);
  expect(assignments.parse('=x')).toBeUndefined();
});

it('reads volumes', () => {
  expect(volumes.parse('/data, /etc/x:/x:ro,/a:/b:rw')).toEqual([
    { hostPath: undefined, containerPath: '/data', isReadOnly: false },
    { hostPath: '/etc/x', containerPath: '/x', isReadOnly: true },
    { hostPath: '/a', containerPath: '/b', isReadOnly: false },
  ]);
  expect(volumes.parse('/a:/b:/c')).toBeUndefined();
  expect(volumes.parse('ro')).toBeUndefined();
});

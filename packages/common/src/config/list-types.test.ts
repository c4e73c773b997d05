import { expect, it } from 'vitest';
import { assignments, labels, portMaps, textList, volumes } from './list-types.js';

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

it('reads port maps', () => {
  expect(portMaps.parse('8080:80, 0:53:udp')).toEqual([
    { hostPort: 8080, containerPort: 80, protocol: 'tcp' },
    { hostPort: 0, containerPort: 53, protocol: 'udp' },
  ]);
  for (const text of ['8080', '65536:80', '8080:0', '1:2:sctp', '1:2:tcp:3', '-1:2'])
    expect(portMaps.parse(text), text).toBeUndefined();
});

import { expect, test } from 'vitest';
import { LeaderSearch, parseMasterList, redirectTarget } from './masters.js';

test.each([
  ['a', ['a:5050']],
  ['a:80', ['a:80']],
  ['a:5051, b ,[::1]:7', ['a:5051', 'b:5050', '[::1]:7']],
])('the list %s', (list, masters) => {
  expect(parseMasterList(list)).toEqual(masters);
});

test.each(['', 'a,', 'a:x', 'a/b', 'zk://a:2181/mesos', 'user@a', 'a:70000'])(
  'refuses %j as a list of masters',
  (list) => {
    expect(() => parseMasterList(list)).toThrow(
      expect.objectContaining({ code: 'INVALID_MASTER' }),
    );
  },
);

test.each([
  ['//m2:5060/master/api/v1/scheduler', 'm2:5060'],
  ['http://m2:5060', 'm2:5060'],
  ['m2:5060', 'm2:5060'],
  ['//[::1]:5060/x', '[::1]:5060'],
  ['//', undefined],
])('the redirect to %s leads to %s', (location, target) => {
  expect(redirectTarget(location)).toBe(target);
});

test('a round asks each master once', () => {
  const search = new LeaderSearch(['a', 'b']);
  expect([search.target, search.failed(), search.target, search.failed(), search.target]).toEqual([
    'a',
    true,
    'b',
    false,
    'a',
  ]);
});

test('a redirect to a dead leader goes on with the next of the list', () => {
  const search = new LeaderSearch(['a', 'b']);
  search.redirected('dead');
  expect([search.target, search.failed(), search.target]).toEqual(['dead', true, 'b']);
});

test('masters that point at each other are left after some hops', () => {
  const search = new LeaderSearch(['a']);
  const hops = [];
  do hops.push(search.target);
  while (search.redirected(search.target === 'a' ? 'b' : 'a'));
  expect(hops).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
});

test('the last leader comes first, then the list', () => {
  const search = new LeaderSearch(['a', 'b']);
  search.redirected('c');
  search.found();
  expect([search.target, search.failed(), search.target]).toEqual(['c', true, 'a']);
});

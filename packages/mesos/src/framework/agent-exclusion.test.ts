import { expect, test } from 'vitest';
import { AgentExclusion } from './agent-exclusion.js';

test('agents are left out for a time after too many failures within that time', () => {
  let now = 0;
  const clock = { now: () => now, setTimer: () => () => {} };
  const exclusion = new AgentExclusion({ clock, maxFailures: 2, timeoutMs: 100 });
  exclusion.failed('a');
  now = 100;
  exclusion.failed('a');
  expect(exclusion.excludedUntilMs.size).toBe(0);
  exclusion.failed('b');
  now = 150;
  exclusion.failed('a');
  expect([...exclusion.excludedUntilMs]).toEqual([['a', 250]]);
  // It begins anew afterwards.
  now = 260;
  exclusion.failed('a');
  expect(exclusion.excludedUntilMs.get('a')).toBe(250);
});

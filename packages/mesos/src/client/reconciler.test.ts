import type { TaskStatus } from '@firesteel/mesos-protocol';
import { ManualClock } from 'mesos-testkit';
import { expect, test } from 'vitest';
import { Reconciler } from './reconciler.js';

function setUp(ids: readonly string[]) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const reconciler = new Reconciler({
    clock,
    random: () => 1,
    tasks: () => ids.map((id) => ({ task_id: { value: id } })),
    reconcile: (tasks) => asked.push(tasks.map(({ task_id }) => task_id.value).join()),
    implicitIntervalMs: 100_000,
  });
  const answer = (id: string): void =>
    reconciler.updated({ task_id: { value: id }, state: 'TASK_RUNNING' } satisfies TaskStatus);
  return { clock, asked, reconciler, answer };
}

test('asks again for the tasks without an answer, with growing pauses', () => {
  const { clock, asked, reconciler, answer } = setUp(['a', 'b', 'c']);
  reconciler.start();
  answer('b');
  clock.advance(9_999);
  expect(asked).toEqual(['a,b,c']);
  clock.advance(1);
  answer('a');
  clock.advance(20_000);
  expect(asked).toEqual(['a,b,c', 'a,c', 'c']);
  answer('c');
  clock.advance(69_999);
  expect(asked).toHaveLength(3);
});

test('asks for everything from time to time', () => {
  const { clock, asked, reconciler } = setUp([]);
  reconciler.start();
  expect(asked).toEqual([]);
  clock.advance(200_000);
  expect(asked).toEqual(['', '']);
  reconciler.stop();
  clock.advance(200_000);
  expect(asked).toHaveLength(2);
});

test('a new subscription begins anew', () => {
  const { clock, asked, reconciler } = setUp(['a']);
  reconciler.start();
  clock.advance(10_000);
  reconciler.start();
  clock.advance(10_000);
  expect(asked).toEqual(['a', 'a', 'a', 'a']);
});

import { expect, it } from 'vitest';
import { taskEndOf } from './task-end.js';

const failed = (message: string) =>
  taskEndOf({ task_id: { value: '0' }, state: 'TASK_FAILED', message })?.reason;

it('what a program has printed becomes one line', () => {
  expect(failed("exited with status 1; stderr='no such host\n'\n")).toBe(
    "its Mesos task is failed (exited with status 1; stderr='no such host ')",
  );
});

it.each([
  ['Container exited with status 125', 'Docker refused to run the container'],
  ['Failed to launch container: Container exited with status 127', 'the Node that it needs'],
  ['Command exited with status 126', 'cannot be executed'],
])('%s: the reason says what that means', (message, meaning) => {
  expect(failed(message)).toContain(meaning);
});

it('other statuses are those of executors', () => {
  expect(failed('Command exited with status 125')).not.toContain('which means');
});

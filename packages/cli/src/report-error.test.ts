import { FiresteelError } from '@firesteel/common';
import { expect, it } from 'vitest';
import { errorReport } from './report-error.js';

function withStack<E extends Error>(error: E, ...frames: string[]): E {
  error.stack = [`${error.name}: ${error.message}`, ...frames.map((f) => `    at ${f}`)].join('\n');
  return error;
}

const frames = [
  'Array.map (<anonymous>)',
  'f (/jobs/a.ts:1:2)',
  'run (/app/firesteel/x.js:1:1)',
  'process (node:internal/x:1:1)',
];

it('shows code, message and the frames of the job', () => {
  const error = withStack(new FiresteelError('PATH_NOT_FOUND', 'No such file.'), ...frames);
  expect(errorReport(error, ['/firesteel/'])).toBe(
    'error[PATH_NOT_FOUND]: No such file.\n    at f (/jobs/a.ts:1:2)',
  );
});

it('shows class and causes of other errors', () => {
  const cause = withStack(new RangeError('inner'), 'g (/jobs/b.ts:3:4)');
  const error = withStack(new TypeError('outer', { cause }), ...frames);
  expect(errorReport(error, ['/firesteel/'])).toBe(
    'TypeError: outer\n    at f (/jobs/a.ts:1:2)\ncaused by RangeError: inner\n    at g (/jobs/b.ts:3:4)',
  );
});

it('shows all frames of a fault of Firesteel', () => {
  const error = withStack(new FiresteelError('INTERNAL', 'Bug.'), ...frames);
  expect(errorReport(error, ['/firesteel/']).split('\n')).toHaveLength(5);
});

it('survives values that are no errors and causes in a circle', () => {
  expect(errorReport('text', [])).toBe('error: a value was thrown that is no Error: text');
  const error = withStack(new Error('round'));
  error.cause = error;
  expect(errorReport(error, []).split('\n').length).toBeLessThan(20);
});

import { expect, it } from 'vitest';
import { FiresteelError, invalidArgument, shown } from './errors.js';

it('carries code, data and cause', () => {
  const cause = new Error('inner');
  const error = new FiresteelError('OUTPUT_EXISTS', 'It is there.', { cause, data: { path: 'x' } });
  expect(error).toMatchObject({
    name: 'FiresteelError',
    code: 'OUTPUT_EXISTS',
    data: { path: 'x' },
  });
  expect(error.cause).toBe(cause);
  expect('cause' in new FiresteelError('INTERNAL', 'x')).toBe(false);
});

it('recognises its errors by brand and code', () => {
  const error = invalidArgument('n', 'at least 1', -1);
  expect(error.message).toBe('n must be at least 1, but it is -1.');
  expect(FiresteelError.is(error)).toBe(true);
  expect(FiresteelError.is(error, 'INVALID_ARGUMENT')).toBe(true);
  expect(FiresteelError.is(error, 'INTERNAL')).toBe(false);
  expect(FiresteelError.is(new Error('x'))).toBe(false);
  expect(FiresteelError.is(null)).toBe(false);
});

it('shows any value on one short line', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  expect(shown('a"b')).toBe('"a\\"b"');
  expect(shown(12n)).toBe('12n');
  expect(shown(() => 1)).toBe('function (anonymous)');
  expect(shown(cycle)).toBe('[object Object]');
  expect(shown(undefined)).toBe('undefined');
  expect(shown('x'.repeat(200))).toHaveLength(80);
});

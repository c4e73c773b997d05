import type { Message } from 'esbuild';
import { expect, it } from 'vitest';
import { jobFileInvalid } from './build-errors.js';

function fault(text: string, location: Partial<NonNullable<Message['location']>> | null): Message {
  const place = {
    file: 'a.ts',
    namespace: '',
    line: 3,
    column: 1,
    length: 2,
    lineText: '',
    suggestion: '',
  };
  return {
    id: '',
    pluginName: '',
    text,
    location: location === null ? null : { ...place, ...location },
    notes: [],
    detail: undefined,
  };
}

it('points at the place, keeping tabs', () => {
  const error = jobFileInvalid('/x/a.ts', [
    fault('Expected ";"', { lineText: '\tfoo bar', column: 5 }),
  ]);
  expect(error.code).toBe('JOB_FILE_INVALID');
  expect(error.message).toContain('a.ts:3:6: Expected ";"\n\n  3 | \tfoo bar\n      \t    ^^');
});

it('shows the first faults and counts the others', () => {
  const faults = Array.from({ length: 7 }, (_, i) => fault(`fault ${i}`, null));
  const { message } = jobFileInvalid('/x/a.ts', faults);
  expect(message).toContain('fault 4');
  expect(message).not.toContain('fault 5');
  expect(message).toContain('and 2 more');
});

import { FiresteelError } from '@firesteel/common';
import { describe, expect, it } from 'vitest';
import { decodeError, encodeError } from './index.js';

const trip = (error: unknown) => decodeError(encodeError(error));

describe('errors across threads', () => {
  it('classes of the language come back as themselves', () => {
    for (const Class of [Error, TypeError, RangeError, SyntaxError, URIError]) {
      const error = trip(new Class('message'));
      expect(error.constructor).toBe(Class);
      expect(error.message).toBe('message');
      expect(Object.keys(error)).toEqual([]);
    }
  });

  it('FiresteelError keeps code and data', () => {
    const error = trip(new FiresteelError('PATH_NOT_FOUND', 'gone', { data: { path: '/x' } }));
    expect(FiresteelError.is(error, 'PATH_NOT_FOUND')).toBe(true);
    expect((error as FiresteelError).data).toEqual({ path: '/x' });
  });

  it('user classes keep name, fields and causes', () => {
    class ParseFailure extends Error {
      constructor(
        message: string,
        readonly line: number,
      ) {
        super(message, { cause: new TypeError('inner', { cause: 'text' }) });
      }
      readonly callback = () => 1;
    }
    const error = trip(new ParseFailure('bad row', 12)) as ParseFailure;
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('ParseFailure');
    expect(String(error)).toBe('ParseFailure: bad row');
    expect(error.stack).toMatch(/^ParseFailure: bad row\n/);
    expect(error.line).toBe(12);
    expect(typeof error.callback).toBe('string');
    expect(error.cause).toBeInstanceOf(TypeError);
    expect((error.cause as Error).cause).toBe('text');
  });

  it('user classes over classes of the language keep their own name', () => {
    class RowTooLong extends RangeError {}
    const error = trip(new RowTooLong('12 fields'));
    expect(error.name).toBe('RowTooLong');
    expect(error.stack).toMatch(/^RowTooLong: 12 fields\n/);
  });

  it('AggregateError keeps its errors', () => {
    const error = trip(new AggregateError([new RangeError('a'), 'b'], 'all')) as AggregateError;
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.errors[0]).toBeInstanceOf(RangeError);
    expect(error.errors[1]).toBe('b');
  });

  it('cyclic causes end', () => {
    const error = new Error('a') as Error & { cause: unknown };
    error.cause = error;
    expect(trip(error).message).toBe('a');
  });

  it.each(['text', 5, null, undefined, { a: 1 }])('a thrown %s', (thrown) => {
    const error = trip(thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error.cause).toEqual(thrown);
  });
});

import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { addRowClass } from './row-classes.js';
import { decodeValue, encodeValue } from './value-codec.js';

function roundTrip(value: unknown): unknown {
  const bytes = encodeValue(value);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 8), 8);
  shared.set(bytes);
  const decoded = decodeValue(shared);
  shared.fill(0);
  return decoded;
}

describe('encodeValue', () => {
  it('keeps identity and cycles', () => {
    const shared = { x: 1 };
    const value: Record<string, unknown> = { a: shared, b: [shared], m: new Map([[shared, 1]]) };
    value.self = value;
    const decoded = roundTrip(value) as typeof value;
    expect(decoded.self).toBe(decoded);
    expect((decoded.b as unknown[])[0]).toBe(decoded.a);
    expect((decoded.m as Map<unknown, unknown>).get(decoded.a)).toBe(1);
  });

  it('keeps identity in rows of many objects', () => {
    const parts = Array.from({ length: 50 }, (_, i) => ({ i }));
    const decoded = roundTrip([...parts, parts[49], parts[0]]) as unknown[];
    expect(decoded[50]).toBe(decoded[49]);
    expect(decoded[51]).toBe(decoded[0]);
    expect(decoded.slice(0, 50)).toStrictEqual(parts);
  });

  it('keeps errors with name, stack, cause and own fields', () => {
    class LimitError extends RangeError {
      override name = 'LimitError';
      constructor(
        message: string,
        readonly limit: number,
      ) {
        super(message, { cause: new TypeError('inner') });
      }
    }
    const error = new LimitError('too much', 5);
    const [decoded, again] = roundTrip([error, { error }]) as [LimitError, { error: LimitError }];
    expect(decoded).toBeInstanceOf(RangeError);
    expect(decoded.message).toBe('too much');
    expect(decoded.name).toBe('LimitError');
    expect(decoded.limit).toBe(5);
    expect(decoded.stack).toBe(error.stack);
    expect(decoded.cause).toBeInstanceOf(TypeError);
    expect((decoded.cause as Error).message).toBe('inner');
    expect(Object.keys(decoded)).toContain('limit');
    expect(Object.keys(decoded)).not.toContain('cause');
    expect(again.error).toBe(decoded);
  });

  it('keeps the name that a class gives its errors, and the errors of an AggregateError', () => {
    class HttpError extends Error {}
    HttpError.prototype.name = 'HttpError';
    expect((roundTrip(new HttpError('x')) as Error).name).toBe('HttpError');
    const aggregate = roundTrip(new AggregateError([new TypeError('a')], 'all')) as AggregateError;
    expect([aggregate.name, aggregate.message]).toEqual(['AggregateError', 'all']);
    expect(aggregate.errors[0]).toBeInstanceOf(TypeError);
  });

  it('refuses an error whose cause leads back to it', () => {
    const inner: Error & { cause?: unknown } = new Error('inner');
    const outer = new Error('outer', { cause: inner });
    inner.cause = { via: [outer] };
    expect(() => encodeValue({ outer })).toThrowError(/at row\.outer\.cause\.cause\.via\[0\]/);
    const shared = new Error('shared');
    const decoded = roundTrip([new Error('a', { cause: shared }), shared]) as [Error, Error];
    expect(decoded[0].cause).toBe(decoded[1]);
  });

  it('takes only the bytes that a view shows', () => {
    const large = new ArrayBuffer(1 << 20);
    expect(encodeValue(new Float64Array(large, 8, 2)).length).toBeLessThan(64);
    expect(encodeValue([-0, new Float64Array(large, 8, 2)]).length).toBeLessThan(128);
  });

  it('keeps values of another realm', () => {
    const foreign = runInNewContext(
      '({ d: new Date(5), m: new Map([[1, [2]]]), u: Uint8Array.of(1), e: new TypeError("x"), f: 1.5 })',
    );
    const decoded = roundTrip(foreign) as Record<string, unknown>;
    expect(decoded).toMatchObject({ d: new Date(5), m: new Map([[1, [2]]]), f: 1.5 });
    expect(decoded.u).toStrictEqual(Uint8Array.of(1));
    expect(decoded.e).toBeInstanceOf(TypeError);
  });

  it('gives a plain object for one without a prototype', () => {
    expect(roundTrip(Object.assign(Object.create(null), { a: 1 }))).toStrictEqual({ a: 1 });
  });

  it('keeps thousands of object shapes', () => {
    const value = Array.from({ length: 20_000 }, (_, i) => ({ [`k${i}`]: i, [`l${i}`]: [i] }));
    expect(roundTrip(value)).toStrictEqual(value);
  });

  it('refuses what cannot travel', () => {
    for (const value of [() => 1, Symbol('s'), new (class Foo {})(), [new WeakRef({})]])
      expect(() => encodeValue(value)).toThrowError(
        expect.objectContaining({ code: 'UNSUPPORTED_VALUE' }),
      );
    expect(() => encodeValue({ list: [1, new (class Foo {})()] })).toThrowError(
      /at row\.list\[1\], an instance of class Foo.*\{\.\.\.value\}/,
    );
  });
});

describe('instances of classes', () => {
  it('have a first byte of their own, so that readers that do not know of them refuse', () => {
    class Place {
      constructor(readonly name: string) {}
    }
    addRowClass({ name: 'Place', prototype: Place.prototype, keyedByFields: false });
    const bytes = encodeValue([new Place('Chur'), -0]);
    expect(bytes[0]).toBe(9);
    expect(decodeValue(bytes)).toEqual([new Place('Chur'), -0]);
    expect(encodeValue([{ name: 'Chur' }, -0])[0]).toBe(8);
    bytes[0] = 10;
    expect(() => decodeValue(bytes)).toThrowError(
      expect.objectContaining({
        code: 'BLOCK_CORRUPT',
        message: expect.stringContaining('unknown kind 10'),
      }),
    );
  });
});

import { FiresteelError } from '@firesteel/common';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeRecord, RecordDecoder } from './index.js';

const decodeAll = (chunks: readonly Uint8Array[]): Buffer[] => {
  const decoder = new RecordDecoder();
  const records = chunks.flatMap((chunk) => decoder.push(chunk));
  decoder.end();
  return records;
};

test('any records, cut anywhere, come out as they went in', () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });
  const cuts = fc.array(fc.nat(4000), { maxLength: 30 });
  fc.assert(
    fc.property(payloads, cuts, (records, positions) => {
      const stream = Buffer.concat(records.map(encodeRecord));
      const ends = [...positions.map((p) => p % (stream.length + 1)), stream.length].sort(
        (a, b) => a - b,
      );
      const chunks = ends.map((end, i) => stream.subarray(ends[i - 1] ?? 0, end));
      expect(decodeAll(chunks)).toEqual(records.map((record) => Buffer.from(record)));
    }),
  );
});

test('byte by byte, inside the length line too', () => {
  const stream = Buffer.from('12\nhello\nworld!0\n3\nabc');
  expect(decodeAll([...stream].map((byte) => Buffer.of(byte))).map(String)).toEqual([
    'hello\nworld!',
    '',
    'abc',
  ]);
});

test('records do not share memory with the chunks', () => {
  const chunk = Buffer.from('3\nabc');
  const [record] = new RecordDecoder().push(chunk);
  chunk.fill(0);
  expect(String(record)).toBe('abc');
});

describe('a corrupt stream', () => {
  const failure = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      expect(FiresteelError.is(error, 'MESOS_STREAM_CORRUPT')).toBe(true);
      return (error as Error).message;
    }
    return 'nothing was thrown';
  };

  test.each(['x1\n', '\n', '-1\n', '1 \n', '1\r\n', '1234567890123456\n'])('%j', (text) => {
    const decoder = new RecordDecoder(Number.MAX_SAFE_INTEGER);
    expect(failure(() => decoder.push(Buffer.from(text)))).toContain('not a decimal number');
    expect(failure(() => decoder.push(Buffer.from('1\na')))).toContain('given up before');
  });

  test('a record beyond the limit is refused at its length', () => {
    expect(failure(() => new RecordDecoder(99).push(Buffer.from('100')))).toContain('99 bytes');
    expect(new RecordDecoder(3).push(Buffer.from('3\nabc'))).toHaveLength(1);
  });

  test.each(['1', '3\nab'])('that ends in %j', (text) => {
    const decoder = new RecordDecoder();
    decoder.push(Buffer.from(text));
    expect(failure(() => decoder.end())).toContain('ends inside a record');
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JuteFrames, JuteReader, JuteWriter } from './jute.js';

test('what is written is read', () => {
  const frame = new JuteWriter()
    .int(-2)
    .long(-3n)
    .boolean(true)
    .text('ä')
    .texts(['', 'b'])
    .toFrame();
  const reader = new JuteReader(frame.subarray(4));
  expect(frame.readInt32BE()).toBe(frame.length - 4);
  expect([reader.int(), reader.long(), reader.boolean(), reader.text(), reader.texts()]).toEqual([
    -2,
    -3n,
    true,
    'ä',
    ['', 'b'],
  ]);
  expect(reader.isAtEnd).toBe(true);
});

test('no text, no bytes and no list are written as length -1 by servers', () => {
  const reader = new JuteReader(new JuteWriter().int(-1).int(-1).toFrame().subarray(4));
  expect([reader.text(), reader.texts()]).toEqual(['', []]);
});

test('bytes that end too early are refused', () => {
  const reader = () => new JuteReader(Buffer.of(0, 0, 0, 9, 1));
  expect(() => reader().long()).toThrow(RangeError);
  expect(() => reader().bytes()).toThrow(RangeError);
});

test('messages survive any cut of their stream', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.nat(9)), (texts, cuts) => {
      const stream = Buffer.concat(texts.map((text) => new JuteWriter().text(text).toFrame()));
      const frames = new JuteFrames();
      const read: string[] = [];
      let at = 0;
      for (const length of [...cuts, stream.length]) {
        for (const reader of frames.push(stream.subarray(at, at + length)))
          read.push(reader.text());
        at += length;
      }
      expect(read).toEqual(texts);
    }),
  );
});

test('an impossible length is refused', () => {
  expect(() => new JuteFrames().push(Buffer.of(255, 255, 255, 255))).toThrow(RangeError);
  expect(() => new JuteFrames().push(Buffer.of(127, 0, 0, 0))).toThrow(RangeError);
});

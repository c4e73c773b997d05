import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfLine, normalizeTerminators } from './line-bytes.js';

const terminators = fc
  .array(fc.constantFrom('\r', '\n', 'a', 'bc'), { maxLength: 30 })
  .map((parts) => parts.join(''));

describe('endOfLine', () => {
  it.each([
    ['', 0, -1],
    ['abc', 0, -1],
    ['a\nb\n', 0, 2],
    ['a\nb\n', 2, 4],
    ['a\r\nb', 0, 3],
    ['a\r\nb', 2, 3],
    ['a\rb\n', 0, 2],
    ['a\n\r', 0, 2],
    ['a\r', 0, -1],
    ['a\r\r', 0, 2],
  ])('of %j from %d is %d', (text, from, end) => {
    expect(endOfLine(Buffer.from(text), from)).toBe(end);
  });
});

describe('normalizeTerminators', () => {
  it('rewrites all terminators as a regular expression would', () => {
    fc.assert(
      fc.property(terminators, (text) => {
        const bytes = Buffer.from(text);
        const length = normalizeTerminators(bytes, 0, true);
        expect(bytes.toString('latin1', 0, length)).toBe(text.replace(/\r\n?/g, '\n'));
      }),
    );
  });

  it('leaves a last CR open and everything before `from` alone', () => {
    const bytes = Buffer.from('\r\na\r\nb\r');
    const length = normalizeTerminators(bytes, 2, false);
    expect(bytes.toString('latin1', 0, length)).toBe('\r\na\nb\r');
  });
});

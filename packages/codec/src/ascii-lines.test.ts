import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AsciiLinesBuilder, copyAscii, lineStrings } from './ascii-lines.js';
import { openBlock } from './block.js';
import { BlockBuilder, encodeBlock } from './block-builder.js';
import type { StringColumn } from './string-column.js';

const ascii = fc.string({
  unit: fc.integer({ min: 0, max: 127 }).map((c) => String.fromCharCode(c)),
  maxLength: 40,
});

/** A string among other bytes, at an odd place. */
function inMemory(text: string): { view: DataView; at: number; length: number } {
  const bytes = Buffer.from(`before ${text} behind`, 'latin1');
  return {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    at: 7,
    length: text.length,
  };
}

it('copies the bytes of a string and no others', () => {
  fc.assert(
    fc.property(ascii, fc.nat({ max: 9 }), (text, to) => {
      const { view, at, length } = inMemory(text);
      const target = Buffer.alloc(60, '#');
      copyAscii(
        view,
        at,
        new DataView(target.buffer, target.byteOffset, target.length),
        to,
        length,
      );
      expect(target.toString('latin1')).toBe(`${'#'.repeat(to)}${text}`.padEnd(60, '#'));
    }),
  );
});

it('collects lines, also more and longer ones than expected, and anew after clear', () => {
  fc.assert(
    fc.property(fc.array(fc.array(ascii), { minLength: 1, maxLength: 4 }), (chunks) => {
      const lines = new AsciiLinesBuilder(2, 8);
      for (const chunk of chunks) {
        lines.clear();
        for (const text of chunk) {
          const { view, at, length } = inMemory(text);
          lines.add(view, at, length);
        }
        expect(lineStrings(lines)).toEqual(chunk);
      }
    }),
  );
});

it('appends strings from memory to a block as if they were strings', () => {
  const value = fc.oneof(
    { weight: 4, arbitrary: ascii },
    fc.string(),
    fc.constantFrom(null, undefined, 1, 'größer', '日本'),
  );
  const row = fc.tuple(fc.boolean(), value);
  fc.assert(
    fc.property(fc.array(row), fc.boolean(), (rows, inPairs) => {
      const block = new BlockBuilder();
      for (const [key, text] of rows) {
        const isAscii = typeof text === 'string' && /^[\0-\x7f]*$/.test(text);
        if (isAscii) {
          const { view, at, length } = inMemory(text);
          if (inPairs) block.appendAsciiPair(key, view, at, length);
          else block.appendAscii(view, at, length);
        } else if (inPairs) block.appendPair(key, text);
        else block.appendRow(text);
      }
      const found = openBlock(new Uint8Array(encodeBlock(block))).root.toArray();
      expect(found).toEqual(inPairs ? rows : rows.map(([, text]) => text));
    }),
  );
});

it('tells where the strings of a column lie only if all of them are ASCII', () => {
  const columnOf = (rows: unknown[]) => {
    const block = new BlockBuilder();
    for (const row of rows) block.appendRow(row);
    return openBlock(new Uint8Array(encodeBlock(block))).root as StringColumn;
  };
  expect(columnOf(['ab', '', 'c']).ascii()?.starts).toEqual(Int32Array.of(0, 2, 2, 3));
  expect(columnOf(['ab', 'ü']).ascii()).toBeNull();
  expect(columnOf(['ab', '日']).ascii()).toBeNull();
  expect(columnOf(['ab', null]).ascii()).toBeNull();
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineEncoder } from './line-encoder.js';

/** Lines that one chunk of rows holds in memory, which of them are kept, and strings between. */
const chunk = fc.record({
  lines: fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 20 }), {
    maxLength: 12,
  }),
  kept: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
  repeat: fc.constantFrom(1, 1, 1, 9_000),
  strings: fc.array(fc.string(), { maxLength: 3 }),
});

it('writes lines from memory and strings in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 5 }), (chunks) => {
      const written: Buffer[] = [];
      const encoder = new LineEncoder('none', (bytes) => written.push(Buffer.from(bytes)));
      let expected = '';
      const memory = Buffer.alloc(4e6);
      const view = new DataView(memory.buffer, memory.byteOffset, memory.length);
      for (const { lines, kept, repeat, strings } of chunks) {
        const rows = lines.map((line) => line.repeat(repeat));
        memory.write(rows.map((row) => `${row}\n`).join(''), 'latin1');
        let at = 0;
        for (const [i, row] of rows.entries()) {
          if (kept[i]) encoder.addLine(view, at, at + row.length);
          if (kept[i]) expected += `${row}\n`;
          at += row.length + 1;
        }
        encoder.endLines();
        memory.fill('#');
        for (const text of strings) encoder.add(text);
        expected += strings.map((text) => `${text}\n`).join('');
      }
      encoder.finish();
      expect(
        Buffer.concat(written).toString('utf8') === Buffer.from(expected).toString('utf8'),
      ).toBe(true);
    }),
  );
});

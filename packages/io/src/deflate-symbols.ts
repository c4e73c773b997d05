import { BASE, END_OF_BLOCK, INVALID, LITERAL } from './huffman-table.js';

/** Bytes that one match can copy; RFC 1951 section 3.2.5. */
export const LONGEST_MATCH = 258;

/** Table entries of the literal and length symbols; RFC 1951 section 3.2.5. */
export const literalSymbols = literalEntries();
/** Table entries of the distance symbols; RFC 1951 section 3.2.5. */
export const distanceSymbols = distanceEntries();
/** Table entries of the symbols that code lengths are written in. */
export const codeLengthSymbols = Int32Array.from({ length: 19 }, (_, i) => (i << 16) | LITERAL);
/** The order in which a block gives the lengths of their codes; RFC 1951 section 3.2.7. */
export const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function literalEntries(): Int32Array {
  const entries = new Int32Array(288);
  for (let symbol = 0; symbol < 256; symbol++) entries[symbol] = (symbol << 16) | LITERAL;
  entries[256] = END_OF_BLOCK;
  let base = 3;
  for (let symbol = 257; symbol < 285; symbol++) {
    const extra = symbol < 265 ? 0 : (symbol - 261) >> 2;
    entries[symbol] = (base << 16) | (extra << 8) | BASE;
    base += 1 << extra;
  }
  entries[285] = (LONGEST_MATCH << 16) | BASE;
  entries.fill(INVALID, 286);
  return entries;
}

function distanceEntries(): Int32Array {
  const entries = new Int32Array(32);
  let base = 1;
  for (let symbol = 0; symbol < 30; symbol++) {
    const extra = symbol < 4 ? 0 : (symbol - 2) >> 1;
    entries[symbol] = (base << 16) | (extra << 8) | BASE;
    base += 1 << extra;
  }
  entries.fill(INVALID, 30);
  return entries;
}

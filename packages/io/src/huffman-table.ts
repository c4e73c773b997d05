/**
 * Decoding tables for the Huffman codes of DEFLATE (RFC 1951 section 3.2.2): one lookup by the
 * next `rootBits` bits decodes short codes; longer ones need a second lookup in a sub-table.
 *
 * An entry is a 32-bit integer: code bits to consume in 0-3, the kind in 4-7, a bit count in
 * 8-12 (extra bits of a base, or index bits of a sub-table), a value in 16-31 (a literal, a base,
 * or where the sub-table begins).
 */
export const KIND_MASK = 0xf0;
export const LITERAL = 0x00;
export const BASE = 0x10;
export const END_OF_BLOCK = 0x20;
export const SUB_TABLE = 0x40;
export const INVALID = 0x80;

const MAX_BITS = 15;

export class HuffmanTable {
  readonly rootBits: number;
  readonly entries: Int32Array;
  readonly #symbols: Int32Array;

  /**
   * `symbols[s]` is what symbol s stands for: an entry whose code bits are still 0. Symbols
   * beyond the array's end must not be used by a code.
   */
  constructor(rootBits: number, symbols: Int32Array) {
    this.rootBits = rootBits;
    this.#symbols = symbols;
    this.entries = new Int32Array((1 << rootBits) + (symbols.length << (MAX_BITS - rootBits)));
  }

  /**
   * Builds the canonical code with `lengths[s]` bits for symbol s (0: unused). False when the
   * lengths ask for more codes than there are; bit patterns that no code uses become INVALID.
   */
  build(lengths: Uint8Array): boolean {
    const counts = new Uint16Array(MAX_BITS + 1);
    for (const length of lengths) counts[length]!++;
    counts[0] = 0;
    const next = new Uint16Array(MAX_BITS + 2);
    let left = 1;
    for (let bits = 1; bits <= MAX_BITS; bits++) {
      left = left * 2 - counts[bits]!;
      if (left < 0) return false;
      next[bits + 1] = (next[bits]! + counts[bits]!) << 1;
    }
    const { entries, rootBits } = this;
    const rootSize = 1 << rootBits;
    entries.fill(INVALID, 0, rootSize);
    let used = rootSize;
    const subBits = MAX_BITS - rootBits;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol]!;
      if (length === 0) continue;
      const code = reverseBits(next[length]!++, length);
      const entry = this.#symbols[symbol]!;
      if (length <= rootBits) {
        for (let i = code; i < rootSize; i += 1 << length) entries[i] = entry | length;
        continue;
      }
      const root = code & (rootSize - 1);
      if (entries[root] === INVALID) {
        entries[root] = (used << 16) | (subBits << 8) | SUB_TABLE | rootBits;
        entries.fill(INVALID, used, used + (1 << subBits));
        used += 1 << subBits;
      }
      const start = entries[root]! >>> 16;
      const step = 1 << (length - rootBits);
      for (let i = code >>> rootBits; i < 1 << subBits; i += step)
        entries[start + i] = entry | (length - rootBits);
    }
    return true;
  }
}

/** Huffman codes come with their first bit lowest, everything else with its lowest bit lowest. */
function reverseBits(code: number, length: number): number {
  let reversed = 0;
  for (let i = 0; i < length; i++) reversed |= ((code >>> i) & 1) << (length - 1 - i);
  return reversed;
}

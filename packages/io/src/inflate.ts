import type { BitInput } from './bit-input.js';
import {
  codeLengthOrder,
  codeLengthSymbols,
  distanceSymbols,
  LONGEST_MATCH,
  literalSymbols,
} from './deflate-symbols.js';
import {
  BASE,
  END_OF_BLOCK,
  HuffmanTable,
  INVALID,
  KIND_MASK,
  LITERAL,
  SUB_TABLE,
} from './huffman-table.js';

const HISTORY = 32 * 1024;
const OUTPUT = 64 * 1024;
const LITERAL_ROOT_BITS = 10;
const DISTANCE_ROOT_BITS = 9;
/** The decoder looks at most this many bytes ahead in one step. */
const LOOK_AHEAD = 8;

/**
 * A DEFLATE decoder (RFC 1951) that is driven synchronously and needs about 170 KB, however large the
 * data is. Node's own inflate offers either, but not both: streams are asynchronous and the
 * `*Sync` functions want the whole file in memory.
 *
 * `run` decodes until about 64 KB are there; they stand in `window[start … end)`.
 */
export class Inflate {
  readonly window = new Uint8Array(HISTORY + OUTPUT + LONGEST_MATCH);
  start = 0;
  end = 0;
  finished = false;
  readonly #input: BitInput;
  readonly #literals = new HuffmanTable(LITERAL_ROOT_BITS, literalSymbols);
  readonly #distances = new HuffmanTable(DISTANCE_ROOT_BITS, distanceSymbols);
  readonly #codeLengths = new HuffmanTable(7, codeLengthSymbols);
  /** Matches must not reach behind this index of the window. */
  #historyStart = 0;
  #state: 'header' | 'stored' | 'codes' = 'header';
  #lastBlock = false;
  #storedLeft = 0;

  constructor(input: BitInput) {
    this.#input = input;
  }

  /** Begins with a new stream at the next bit of the input. */
  reset(): void {
    this.start = this.end = this.#historyStart = 0;
    this.finished = false;
    this.#state = 'header';
    this.#lastBlock = false;
  }

  /**
   * Makes the next bytes available; none only when the stream has finished.
   *
   * @throws FiresteelError CORRUPT_INPUT
   */
  run(): void {
    this.#slide();
    const limit = this.start + OUTPUT;
    while (this.end < limit && !this.finished) {
      if (this.#state === 'header') this.#readHeader();
      else if (this.#state === 'stored') this.#copyStored(limit);
      else this.#decode(limit);
    }
  }

  /** Moves the last 32 KB, which matches may refer to, to the front. */
  #slide(): void {
    const shift = this.end - HISTORY;
    if (shift > 0) {
      this.window.copyWithin(0, shift, this.end);
      this.end = HISTORY;
      this.#historyStart = Math.max(0, this.#historyStart - shift);
    }
    this.start = this.end;
  }

  #readHeader(): void {
    const input = this.#input;
    if (this.#lastBlock) {
      this.finished = true;
      return;
    }
    this.#lastBlock = input.bits(1) === 1;
    const type = input.bits(2);
    if (type === 0) this.#readStoredHeader();
    else if (type === 1) this.#useFixedCodes();
    else if (type === 2) this.#readDynamicCodes();
    else throw input.corrupt('a block has an unknown type');
  }

  #readStoredHeader(): void {
    const input = this.#input;
    input.alignToByte();
    const length = input.byte() | (input.byte() << 8);
    const complement = input.byte() | (input.byte() << 8);
    if (length !== (complement ^ 0xffff)) throw input.corrupt('a stored block has a wrong length');
    this.#storedLeft = length;
    this.#state = 'stored';
  }

  #copyStored(limit: number): void {
    if (this.#storedLeft === 0) {
      this.#state = 'header';
      return;
    }
    const room = Math.min(limit - this.end, this.#storedLeft);
    const count = this.#input.copyBytes(this.window, this.end, room);
    this.end += count;
    this.#storedLeft -= count;
  }

  #useFixedCodes(): void {
    const lengths = new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280);
    this.#literals.build(lengths.fill(8, 280));
    this.#distances.build(new Uint8Array(32).fill(5));
    this.#state = 'codes';
  }

  /** RFC 1951 section 3.2.7. */
  #readDynamicCodes(): void {
    const input = this.#input;
    const literalCount = input.bits(5) + 257;
    const distanceCount = input.bits(5) + 1;
    const codeLengthCount = input.bits(4) + 4;
    const codeLengths = new Uint8Array(19);
    for (const symbol of codeLengthOrder.slice(0, codeLengthCount))
      codeLengths[symbol] = input.bits(3);
    if (!this.#codeLengths.build(codeLengths)) throw input.corrupt('a code table is impossible');
    const lengths = new Uint8Array(literalCount + distanceCount);
    for (let i = 0; i < lengths.length; ) {
      const symbol = this.#readCodeLength();
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw input.corrupt('a code table is impossible');
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const repeat =
        symbol === 16 ? 3 + input.bits(2) : symbol === 17 ? 3 + input.bits(3) : 11 + input.bits(7);
      if (i + repeat > lengths.length) throw input.corrupt('a code table is impossible');
      lengths.fill(value, i, i + repeat);
      i += repeat;
    }
    if (
      lengths[256] === 0 ||
      !this.#literals.build(lengths.subarray(0, literalCount)) ||
      !this.#distances.build(lengths.subarray(literalCount))
    )
      throw input.corrupt('a code table is impossible');
    this.#state = 'codes';
  }

  #readCodeLength(): number {
    // Bit by bit is quick enough for the few hundred code lengths of a block.
    const { entries } = this.#codeLengths;
    let code = 0;
    for (let length = 1; length <= 7; length++) {
      code |= this.#input.bits(1) << (length - 1);
      const entry = entries[code]!;
      if ((entry & KIND_MASK) === LITERAL && (entry & 15) === length) return entry >>> 16;
    }
    throw this.#input.corrupt('a code table is impossible');
  }

  /**
   * Decodes symbols until `limit` is reached or the block ends; the hot loop. Before each of the
   * up to four steps of a symbol it tops `hold` up to at least 16 bits; `hold` has at most 31 and
   * so stays a small non-negative integer for V8.
   */
  #decode(limit: number): void {
    const input = this.#input;
    const { window } = this;
    const { view } = input;
    const literals = this.#literals.entries;
    const distances = this.#distances.entries;
    const literalMask = (1 << LITERAL_ROOT_BITS) - 1;
    const distanceMask = (1 << DISTANCE_ROOT_BITS) - 1;
    let { hold, holdBits, position } = input;
    let safeEnd = input.end - LOOK_AHEAD;
    let out = this.end;
    const historyStart = this.#historyStart;
    let problem: string | undefined;

    while (out < limit) {
      if (position > safeEnd) {
        input.hold = hold;
        input.holdBits = holdBits;
        input.position = position;
        input.ensure();
        ({ hold, holdBits, position } = input);
        safeEnd = input.end - LOOK_AHEAD;
      }
      if (holdBits < 16) {
        hold |= view.getUint16(position, true) << holdBits;
        position += 2;
        holdBits += 16;
      }
      let entry = literals[hold & literalMask]!;
      if ((entry & SUB_TABLE) !== 0) {
        hold >>= LITERAL_ROOT_BITS;
        holdBits -= LITERAL_ROOT_BITS;
        entry = literals[(entry >>> 16) + (hold & ((1 << ((entry >>> 8) & 31)) - 1))]!;
      }
      hold >>= entry & 15;
      holdBits -= entry & 15;
      if ((entry & KIND_MASK) === LITERAL) {
        window[out++] = entry >>> 16;
        continue;
      }
      if ((entry & KIND_MASK) !== BASE) {
        if ((entry & KIND_MASK) === END_OF_BLOCK) this.#state = 'header';
        else problem = 'a code is not in its table';
        break;
      }

      if (holdBits < 16) {
        hold |= view.getUint16(position, true) << holdBits;
        position += 2;
        holdBits += 16;
      }
      let extra = (entry >>> 8) & 31;
      const length = (entry >>> 16) + (hold & ((1 << extra) - 1));
      hold >>= extra;
      holdBits -= extra;

      if (holdBits < 16) {
        hold |= view.getUint16(position, true) << holdBits;
        position += 2;
        holdBits += 16;
      }
      entry = distances[hold & distanceMask]!;
      if ((entry & SUB_TABLE) !== 0) {
        hold >>= DISTANCE_ROOT_BITS;
        holdBits -= DISTANCE_ROOT_BITS;
        entry = distances[(entry >>> 16) + (hold & ((1 << ((entry >>> 8) & 31)) - 1))]!;
      }
      if ((entry & INVALID) !== 0) {
        problem = 'a code is not in its table';
        break;
      }
      hold >>= entry & 15;
      holdBits -= entry & 15;
      if (holdBits < 16) {
        hold |= view.getUint16(position, true) << holdBits;
        position += 2;
        holdBits += 16;
      }
      extra = (entry >>> 8) & 31;
      const distance = (entry >>> 16) + (hold & ((1 << extra) - 1));
      hold >>= extra;
      holdBits -= extra;

      let from = out - distance;
      if (from < historyStart) {
        problem = 'a match refers to data before the beginning';
        break;
      }
      const stop = out + length;
      while (out < stop) window[out++] = window[from++]!;
    }
    input.hold = hold;
    input.holdBits = holdBits;
    input.position = position;
    this.end = out;
    if (problem !== undefined) throw input.corrupt(problem);
  }
}

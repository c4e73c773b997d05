const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const PASSES = 3;
/** Up to so many rows with the same high word are put in order by insertion. */
const SHORT_RUN = 24;
/** High words that are looked at to tell how many of them are the same. */
const SAMPLE = 1024;

/**
 * The positions of 64-bit keys, given as their low and high words, in the order of the keys as
 * unsigned integers, equal ones in theirs: a radix sort of the low words and then of the high ones.
 * Where high words hardly tie, they alone are sorted, and the few ties put in order behind that.
 */
export function radixOrder(low: Uint32Array, high: Uint32Array): Uint32Array {
  const order = new Uint32Array(low.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  if (tieOften(high)) {
    sortByWord(order, low);
    sortByWord(order, high);
  } else {
    sortByWord(order, high);
    sortTies(order, low, high);
  }
  return order;
}

/** Whether more than about four keys have the same word on the average. */
function tieOften(words: Uint32Array): boolean {
  const sampled = Math.min(SAMPLE, words.length);
  const step = words.length / sampled;
  const seen = new Set<number>();
  for (let i = 0; i < sampled; i++) seen.add(words[Math.floor(i * step)] as number);
  // Of d different words s draws meet about s² / 2d twice.
  return (sampled - seen.size) * words.length > 2 * sampled * sampled;
}

function sortTies(order: Uint32Array, low: Uint32Array, high: Uint32Array): void {
  for (let from = 0; from < order.length; ) {
    const word = high[order[from] as number];
    let to = from + 1;
    while (to < order.length && high[order[to] as number] === word) to++;
    if (to - from > SHORT_RUN) sortByWord(order.subarray(from, to), low);
    else if (to - from > 1) insertByWord(order, from, to, low);
    from = to;
  }
}

/** Sorts rows by their words, stably and in place, digit by digit from the least significant one. */
function sortByWord(rows: Uint32Array, wordOf: Uint32Array): void {
  const n = rows.length;
  const counts = new Uint32Array(PASSES * DIGITS);
  let [words, nextWords, order, nextOrder] = scratchOf(n);
  for (let i = 0; i < n; i++) {
    const row = rows[i] as number;
    const word = wordOf[row] as number;
    order[i] = row;
    words[i] = word;
    for (let pass = 0; pass < PASSES; pass++) {
      const at = pass * DIGITS + digit(word, pass);
      counts[at] = (counts[at] as number) + 1;
    }
  }
  for (let pass = 0; pass < PASSES; pass++) {
    const count = counts.subarray(pass * DIGITS, (pass + 1) * DIGITS);
    // A digit that all words share tells nothing.
    if (n > 0 && count[digit(words[0] as number, pass)] === n) continue;
    startsOf(count);
    for (let i = 0; i < n; i++) {
      const word = words[i] as number;
      const d = digit(word, pass);
      const to = count[d] as number;
      count[d] = to + 1;
      nextWords[to] = word;
      nextOrder[to] = order[i] as number;
    }
    [words, nextWords] = [nextWords, words];
    [order, nextOrder] = [nextOrder, order];
  }
  rows.set(order.subarray(0, n));
}

type Scratch = readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/** For up to so many rows the same memory is used again. */
const KEPT_ROWS = 1 << 16;
let kept: Scratch | undefined;

function scratchOf(rows: number): Scratch {
  if (rows > KEPT_ROWS) return newScratch(rows);
  kept ??= newScratch(KEPT_ROWS);
  return kept;
}

function newScratch(rows: number): Scratch {
  const words = () => new Uint32Array(rows);
  return [words(), words(), words(), words()];
}

function insertByWord(rows: Uint32Array, from: number, to: number, wordOf: Uint32Array): void {
  for (let i = from + 1; i < to; i++) {
    const row = rows[i] as number;
    const word = wordOf[row] as number;
    let at = i;
    while (at > from && (wordOf[rows[at - 1] as number] as number) > word) {
      rows[at] = rows[at - 1] as number;
      at--;
    }
    rows[at] = row;
  }
}

function digit(word: number, pass: number): number {
  return pass === 2 ? word >>> (2 * DIGIT_BITS) : (word >>> (pass * DIGIT_BITS)) & (DIGITS - 1);
}

/** Turns counts into the position where each digit begins. */
function startsOf(counts: Uint32Array): void {
  let start = 0;
  for (let d = 0; d < DIGITS; d++) {
    const count = counts[d] as number;
    counts[d] = start;
    start += count;
  }
}

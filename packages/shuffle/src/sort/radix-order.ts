const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const PASSES = 6;

/**
 * The positions of 64-bit keys, given as their low and high words, in the order of the keys as
 * unsigned integers, equal ones in theirs: a least-significant-digit radix sort, which spoils the
 * words. Digits that all keys share cost nothing, so that small integers take two or three passes
 * instead of six.
 */
export function radixOrder(
  low: Uint32Array<ArrayBuffer>,
  high: Uint32Array<ArrayBuffer>,
): Uint32Array {
  const n = low.length;
  const counts = new Uint32Array(PASSES * DIGITS);
  for (let i = 0; i < n; i++)
    for (let pass = 0; pass < PASSES; pass++) {
      const at = pass * DIGITS + digit(low[i] as number, high[i] as number, pass);
      counts[at] = (counts[at] as number) + 1;
    }
  let order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  let nextOrder = new Uint32Array(n);
  let nextLow = new Uint32Array(n);
  let nextHigh = new Uint32Array(n);
  for (let pass = 0; pass < PASSES; pass++) {
    const count = counts.subarray(pass * DIGITS, (pass + 1) * DIGITS);
    if (n > 0 && count[digit(low[0] as number, high[0] as number, pass)] === n) continue;
    startsOf(count);
    for (let i = 0; i < n; i++) {
      const l = low[i] as number;
      const h = high[i] as number;
      const d = digit(l, h, pass);
      const to = count[d] as number;
      count[d] = to + 1;
      nextLow[to] = l;
      nextHigh[to] = h;
      nextOrder[to] = order[i] as number;
    }
    [low, nextLow] = [nextLow, low];
    [high, nextHigh] = [nextHigh, high];
    [order, nextOrder] = [nextOrder, order];
  }
  return order;
}

function digit(low: number, high: number, pass: number): number {
  switch (pass) {
    case 0:
      return low & 2047;
    case 1:
      return (low >>> 11) & 2047;
    case 2:
      return ((low >>> 22) | (high << 10)) & 2047;
    case 3:
      return (high >>> 1) & 2047;
    case 4:
      return (high >>> 12) & 2047;
    default:
      return high >>> 23;
  }
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

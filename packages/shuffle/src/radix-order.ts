const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const PASSES = 6;

/**
 * The positions of `keys` in numeric order, equal ones in theirs: a least-significant-digit radix
 * sort over the 64 bits of the doubles. Digits that all keys share cost nothing, so that small
 * integers take two or three passes instead of six.
 */
export function radixOrder(keys: Float64Array, ascending: boolean): Uint32Array {
  const n = keys.length;
  const bits = new Uint32Array(keys.slice().buffer);
  let low = new Uint32Array(n);
  let high = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    // Flipping the sign of positive and all bits of negative doubles orders them as integers.
    const h = bits[2 * i + 1] as number;
    const flip = h >>> 31 === 0 ? 0 : 0xffffffff;
    const l = (bits[2 * i] as number) ^ flip;
    const m = flip === 0 ? h ^ 0x80000000 : h ^ flip;
    low[i] = ascending ? l : ~l;
    high[i] = ascending ? m : ~m;
  }
  const counts = new Uint32Array(PASSES * DIGITS);
  for (let i = 0; i < n; i++)
    for (let pass = 0; pass < PASSES; pass++) {
      const at = pass * DIGITS + digit(low[i] as number, high[i] as number, pass);
      counts[at] = (counts[at] as number) + 1;
    }
  let order = Uint32Array.from(keys.keys());
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

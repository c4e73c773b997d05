/**
 * The canonical 32-bit hash, version 1: the same in every thread, process and Node version.
 *
 * A string is consumed four UTF-16 code units at a time. For latin1 text the four units are the
 * four bytes of a little-endian word, so that a table which keeps short keys packed in words gets
 * the hash from the words it has built anyway, and a block reader from the bytes.
 * Units above 255 overlap their neighbours; that loses spread, never consistency.
 */

/**
 * By what a word is multiplied. `CANONICAL` makes the hash; with `SECOND` the same key gets another
 * one, and keys that collide under the first collide under the second no more than any others.
 */
export const Multiplier = { CANONICAL: 0x9e3779b1, SECOND: 0xc2b2ae3d } as const;

/** Mixes one 32-bit word into a running hash. */
export function mixWord(
  hash: number,
  word: number,
  multiplier: number = Multiplier.CANONICAL,
): number {
  const h = Math.imul(hash ^ word, multiplier);
  return h ^ (h >>> 15);
}

/** Closes a running hash with the length of what was hashed; every input bit reaches every bit. */
export function finishHash(hash: number, length: number): number {
  let h = hash ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export function hashString(s: string, multiplier: number = Multiplier.CANONICAL): number {
  const n = s.length;
  let h = 0;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    h = mixWord(
      h,
      s.charCodeAt(i) ^
        (s.charCodeAt(i + 1) << 8) ^
        (s.charCodeAt(i + 2) << 16) ^
        (s.charCodeAt(i + 3) << 24),
      multiplier,
    );
  }
  if (i < n) {
    let w = s.charCodeAt(i);
    if (i + 1 < n) w ^= s.charCodeAt(i + 1) << 8;
    if (i + 2 < n) w ^= s.charCodeAt(i + 2) << 16;
    h = mixWord(h, w, multiplier);
  }
  return finishHash(h, n);
}

const float = new Float64Array(1);
const words = new Int32Array(float.buffer);

/** NaN is one value, -0 equals 0, and integers hash alike however they were computed. */
export function hashNumber(n: number, multiplier: number = Multiplier.CANONICAL): number {
  if ((n | 0) === n) return finishHash(mixWord(0x4e554d, n | 0, multiplier), 8);
  float[0] = n === n ? n : Number.NaN;
  const low = mixWord(0x4e554d, words[0] as number, multiplier);
  return finishHash(mixWord(low, words[1] as number, multiplier), 9);
}

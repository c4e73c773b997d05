import { finishHash, mixWord } from '@firesteel/codec';

/** The longest key that fits into the four words of a packed one. */
export const MAX_PACKED_LENGTH = 16;

/** Words of a packed key: 0 to 3 its characters, then its length and its canonical hash. */
export const PACKED_WORDS = 6;
export const PACKED_LENGTH = 4;
export const PACKED_HASH = 5;

/**
 * Packs a key of at most 16 latin1 characters into the words of `out` from `at` on, and hashes it
 * in the same pass. False, with those words spoilt, for any other key.
 */
export function packString(key: string, out: Int32Array, at: number): boolean {
  const n = key.length;
  if (n > MAX_PACKED_LENGTH) return false;
  out[at] = out[at + 1] = out[at + 2] = out[at + 3] = 0;
  let seen = 0;
  let hash = 0;
  let word = at;
  let i = 0;
  for (; i + 4 <= n; i += 4, word++) {
    const a = key.charCodeAt(i);
    const b = key.charCodeAt(i + 1);
    const c = key.charCodeAt(i + 2);
    const d = key.charCodeAt(i + 3);
    seen |= a | b | c | d;
    const w = a | (b << 8) | (c << 16) | (d << 24);
    hash = mixWord(hash, w);
    out[word] = w;
  }
  if (i < n) {
    let w = key.charCodeAt(i);
    seen |= w;
    if (i + 1 < n) {
      const b = key.charCodeAt(i + 1);
      seen |= b;
      w |= b << 8;
      if (i + 2 < n) {
        const c = key.charCodeAt(i + 2);
        seen |= c;
        w |= c << 16;
      }
    }
    hash = mixWord(hash, w);
    out[word] = w;
  }
  out[at + PACKED_LENGTH] = n;
  out[at + PACKED_HASH] = finishHash(hash, n);
  return seen < 256;
}

/** Like `packString` for at most 16 latin1 bytes. */
export function packLatin1(source: Uint8Array, start: number, n: number, out: Int32Array): void {
  out[0] = out[1] = out[2] = out[3] = 0;
  let hash = 0;
  for (let i = 0, word = 0; i < n; i += 4, word++) {
    const at = start + i;
    const left = n - i;
    let w = source[at] as number;
    if (left > 1) w |= (source[at + 1] as number) << 8;
    if (left > 2) w |= (source[at + 2] as number) << 16;
    if (left > 3) w |= (source[at + 3] as number) << 24;
    hash = mixWord(hash, w);
    out[word] = w;
  }
  out[PACKED_LENGTH] = n;
  out[PACKED_HASH] = finishHash(hash, n);
}

import { finishHash, mixWord } from '@firesteel/codec';

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/**
 * Seeded uniform numbers: xoshiro128** 1.1 (D. Blackman and S. Vigna, public domain,
 * https://prng.di.unimi.it), with a period of 2^128 - 1. The state of a stream is a hash of the
 * seed and the stream's number, so the partitions of one operator draw independently, and the
 * same in every run.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /**
   * @param seed any number
   * @param stream such as the partition
   */
  constructor(seed: number, stream = 0) {
    double[0] = seed;
    const hash = mixWord(
      mixWord(mixWord(0x52414e, words[0] as number), words[1] as number),
      stream,
    );
    this.a = finishHash(mixWord(hash, 1), stream);
    this.b = finishHash(mixWord(hash, 2), stream);
    this.c = finishHash(mixWord(hash, 3), stream);
    // A state of zeros would stay there.
    this.d = finishHash(mixWord(hash, 4), stream) | 1;
  }

  /** In [0, 1), a multiple of 2^-53. */
  next(): number {
    const high = this.word() >>> 5;
    return (high * 0x4000000 + (this.word() >>> 6)) / 0x20000000000000;
  }

  /** An integer in [0, limit), for limits up to 2^53. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Puts an array into a random order, in place (Fisher and Yates). */
  shuffle<T>(rows: T[]): T[] {
    for (let i = rows.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const row = rows[i] as T;
      rows[i] = rows[j] as T;
      rows[j] = row;
    }
    return rows;
  }

  private word(): number {
    const { b, d } = this;
    const m = Math.imul(b, 5);
    const result = Math.imul((m << 7) | (m >>> 25), 9);
    const c = this.c ^ this.a;
    const e = d ^ b;
    this.b = b ^ c;
    this.a = this.a ^ e;
    this.c = c ^ (b << 9);
    this.d = (e << 11) | (e >>> 21);
    return result;
  }
}

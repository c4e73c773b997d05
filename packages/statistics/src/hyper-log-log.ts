import { hashKey, secondHashKey } from '@firesteel/codec';

/**
 * A HyperLogLog sketch of a set: `2 ** precision` registers of one byte. It stands for the distinct
 * keys that were added, however often; the union of sets is the larger of each two registers.
 *
 * Hashes have 64 bits, as in HyperLogLog++ (S. Heule, M. Nunkesser and A. Hall, HyperLogLog in
 * Practice, 2013), so that billions of keys do not collide. They are the canonical ones, the same in
 * every thread, process and Node version. The estimate is the one of O. Ertl, New cardinality
 * estimation algorithms for HyperLogLog sketches (arXiv:1702.01284, section 4), which needs no table
 * of biases and no change of formula between small and large sets.
 */
export type Sketch = Uint8Array;

/** The lowest `precision`. */
const MIN_PRECISION = 4;

/** The smallest error that can be asked for; it takes 2^24 registers, so 16 MiB a sketch. */
export const MIN_RELATIVE_SD = 0.00026;

/** How many registers give a relative standard deviation of at most `relativeSD`, as power of 2. */
export function precisionFor(relativeSD: number): number {
  return Math.max(MIN_PRECISION, Math.ceil(2 * Math.log2(1.054 / relativeSD)));
}

export function newSketch(precision: number): Sketch {
  return new Uint8Array(2 ** precision);
}

/**
 * Adds a key, in place. The upper bits of its hash choose the register, which keeps the largest
 * number of zeros, plus one, that the others began with.
 *
 * @throws FiresteelError UNSUPPORTED_KEY
 */
export function addToSketch(sketch: Sketch, key: unknown): Sketch {
  const precision = 31 - Math.clz32(sketch.length);
  const hash = hashKey(key);
  const rest = hash << precision;
  const zeros =
    // Few keys need the lower half of their hash.
    rest !== 0 ? Math.clz32(rest) : 32 - precision + Math.clz32(secondHashKey(key));
  const register = hash >>> (32 - precision);
  if (zeros >= (sketch[register] as number)) sketch[register] = zeros + 1;
  return sketch;
}

/** Makes `sketch` the union with another of the same precision. */
export function mergeSketches(sketch: Sketch, other: Sketch): Sketch {
  for (let i = 0; i < sketch.length; i++)
    if ((other[i] as number) > (sketch[i] as number)) sketch[i] = other[i] as number;
  return sketch;
}

/** The number of distinct keys that were added, rounded. */
export function estimateDistinct(sketch: Sketch): number {
  const m = sketch.length;
  // Bits of the hash that do not choose the register.
  const q = 64 - (31 - Math.clz32(m));
  const registersWith = new Float64Array(q + 2);
  for (const value of sketch) registersWith[value] = (registersWith[value] as number) + 1;
  const saturated = registersWith[q + 1] as number;
  let z = m * tau(1 - saturated / m);
  for (let k = q; k >= 1; k--) z = 0.5 * (z + (registersWith[k] as number));
  z += m * sigma((registersWith[0] as number) / m);
  return Math.round(((m / (2 * Math.LN2)) * m) / z);
}

/** What registers of zero say about small sets: x + Σ x^(2^k) · 2^(k-1). */
function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  let power = x;
  let weight = 1;
  let sum = x;
  for (let before = -1; sum !== before; weight += weight) {
    before = sum;
    power *= power;
    sum += power * weight;
  }
  return sum;
}

/** What saturated registers say about sets that are too large: (1 - x - Σ (1 - x^(2^-k))² · 2^-k) / 3. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let root = x;
  let weight = 1;
  let sum = 1 - x;
  for (let before = -1; sum !== before; ) {
    before = sum;
    root = Math.sqrt(root);
    weight *= 0.5;
    sum -= (1 - root) ** 2 * weight;
  }
  return sum / 3;
}

/**
 * A seeded source of numbers in [0, 1) (the SplitMix construction on 32 bits): the same on every
 * machine, so that inputs are.
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function randomSource(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 4294967296;
  };
}

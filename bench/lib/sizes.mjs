/**
 * What a bench is scaled by: bytes of input text, or rows of generated data.
 * @typedef {'bytes' | 'rows'} SizeUnit
 */

const factors = {
  bytes: new Map([
    ['b', 1],
    ['kb', 1e3],
    ['mb', 1e6],
    ['gb', 1e9],
  ]),
  rows: new Map([
    ['', 1],
    ['k', 1e3],
    ['m', 1e6],
  ]),
};

/**
 * Parses `300mb` (bytes, decimal units) or `2m` (rows).
 *
 * @param {string} text
 * @param {SizeUnit} unit
 * @returns {number}
 * @throws {Error} when the text is not a positive size in that unit
 */
export function parseSize(text, unit) {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const factor = match && factors[unit].get((match[2] ?? '').toLowerCase());
  const size = match && factor ? Math.round(Number(match[1]) * factor) : 0;
  if (size < 1) {
    const example = unit === 'bytes' ? 'bytes, as in 300mb' : 'rows, as in 2m or 500k';
    throw new Error(`size ${JSON.stringify(text)} is not understood: give ${example}`);
  }
  return size;
}

/**
 * @param {number} size
 * @param {SizeUnit} unit
 * @returns {string} the size in the largest unit that keeps it at 1 or more
 */
export function formatSize(size, unit) {
  let best = `${size}`;
  for (const [name, factor] of factors[unit])
    if (size >= factor) best = `${Number((size / factor).toPrecision(4))}${name}`;
  return best;
}

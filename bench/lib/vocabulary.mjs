import { randomSource } from './random.mjs';

const vocabularySize = 200_000;
const letters = 'abcdefghijklmnopqrstuvwxyz';
// One, two and three bytes in UTF-8, inside and outside latin1; all in the basic plane, where byte
// order and UTF-16 order agree.
const otherLetters = ['é', 'ü', 'ß', 'ñ', 'å', 'ø', 'ж', 'д', 'и', '語', '文'];
/** Words above this rank are all ASCII, so that a line's script is decided by its rarer words. */
const firstOtherRank = 50;
/** Gives about 15 % of the lines a letter outside ASCII. */
const otherShare = 0.0155;
/** As URLs and identifiers in real text; longer than what fits a compact table slot. */
const longShare = 0.005;

/**
 * @typedef {object} Vocabulary
 * @property {Buffer} bytes every word with one space behind it, one after the other
 * @property {Int32Array} offsets where word `i` begins; one more entry marks the end
 * @property {number} size
 */

/**
 * 200,000 distinct words of random letters by falling frequency; frequent ones are shorter.
 *
 * @param {number} seed
 * @returns {Vocabulary}
 */
export function makeVocabulary(seed) {
  const random = randomSource(seed);
  /** @type {Set<string>} */
  const words = new Set();
  while (words.size < vocabularySize) words.add(makeWord(words.size, random));
  const bytes = Buffer.from(`${[...words].join(' ')} `);
  const offsets = new Int32Array(vocabularySize + 1);
  for (let i = 0, end = 0; i < vocabularySize; i++) {
    end = bytes.indexOf(32, end) + 1;
    offsets[i + 1] = end;
  }
  return { bytes, offsets, size: vocabularySize };
}

/**
 * @param {number} rank
 * @param {() => number} random
 * @returns {string}
 */
function makeWord(rank, random) {
  const base = 1.9 + Math.log(rank + 1) / Math.log(12);
  let length = Math.round(base + random() * 3);
  if (rank > firstOtherRank && random() < longShare) length = 17 + Math.floor(random() * 8);
  let word = '';
  for (let i = 0; i < length; i++) word += letters[Math.floor(random() * letters.length)];
  if (rank > firstOtherRank && random() < otherShare) {
    const at = 1 + Math.floor(random() * (length - 1));
    const other = otherLetters[Math.floor(random() * otherLetters.length)];
    word = word.slice(0, at) + other + word.slice(at + 1);
  }
  return word;
}

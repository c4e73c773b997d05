import { didYouMean } from '@firesteel/common';

/**
 * @typedef {object} CommandLine
 * @property {string[]} names benches to run
 * @property {boolean} help
 * @property {boolean} install
 * @property {string | undefined} size
 * @property {number | undefined} rounds
 * @property {number} slots
 * @property {string | undefined} json
 * @property {string[] | undefined} only
 */

const flags = ['help', 'install'];
const options = ['size', 'rounds', 'slots', 'json', 'only'];

/** A mistake on the command line, to be shown without a stack. */
export class UsageError extends Error {}

/**
 * @param {readonly string[]} argv without the program
 * @returns {CommandLine}
 * @throws {UsageError} on an unknown option, a missing or a malformed value
 */
export function parseArguments(argv) {
  /** @type {string[]} */
  const names = [];
  /** @type {Map<string, string>} */
  const values = new Map();
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    if (word === '-h') {
      values.set('help', '');
    } else if (!word.startsWith('-')) {
      names.push(word);
    } else {
      const [name, inline] = split(word);
      if (flags.includes(name) && inline === undefined) values.set(name, '');
      else values.set(name, inline ?? valueAfter(argv, ++i, name));
    }
  }
  return {
    names,
    help: values.has('help'),
    install: values.has('install'),
    size: values.get('size'),
    rounds: count(values, 'rounds'),
    slots: count(values, 'slots') ?? 2,
    json: values.get('json'),
    only: values
      .get('only')
      ?.split(',')
      .map((name) => name.trim()),
  };
}

/**
 * @param {string} word
 * @returns {[name: string, inlineValue: string | undefined]}
 */
function split(word) {
  const [, name = '', inline] = /^--?([^=]*)(?:=(.*))?$/.exec(word) ?? [];
  const known = [...flags, ...options];
  if (!known.includes(name) || !word.startsWith('--'))
    throw new UsageError(`there is no option ${word}.${didYouMean(name, known)}`);
  if (flags.includes(name) && inline !== undefined)
    throw new UsageError(`--${name} takes no value`);
  return [name, inline];
}

/**
 * @param {readonly string[]} argv
 * @param {number} index
 * @param {string} name
 * @returns {string}
 */
function valueAfter(argv, index, name) {
  const value = argv[index];
  if (value === undefined || value.startsWith('--'))
    throw new UsageError(`--${name} needs a value; see --help`);
  return value;
}

/**
 * @param {ReadonlyMap<string, string>} values
 * @param {string} name
 * @returns {number | undefined}
 */
function count(values, name) {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new UsageError(`--${name} ${JSON.stringify(text)} is not a whole number from 1`);
  return number;
}

import { FiresteelError, shown } from './errors.js';
import { didYouMean } from './nearest.js';

/** What the value of an option may be; a list holds the words that it takes. */
export type OptionKind = keyof typeof kinds | readonly string[];

/** The names of all options of a method, with what they take. */
export type OptionKinds = Readonly<Record<string, OptionKind>>;

interface Kind {
  readonly says: string;
  accepts(value: unknown): boolean;
}

const kinds = {
  boolean: { says: 'true or false', accepts: (value) => typeof value === 'boolean' },
  number: { says: 'a number', accepts: (value) => typeof value === 'number' },
  string: { says: 'a string', accepts: (value) => typeof value === 'string' },
  function: { says: 'a function', accepts: (value) => typeof value === 'function' },
  /** A function of two values, which is told from other functions when it stands alone. */
  comparator: { says: 'a function', accepts: (value) => typeof value === 'function' },
  /** Values by name; also `process.env`, which is not plain. */
  object: { says: 'an object of values by name', accepts: isObjectOfValues },
  partitioner: {
    says: 'a partitioner',
    accepts: (value) => typeof (value as { getPartition?: unknown })?.getPartition === 'function',
  },
  signal: { says: 'an AbortSignal', accepts: (value) => value instanceof AbortSignal },
  /** For options that a method checks by itself. */
  any: { says: 'anything', accepts: () => true },
} satisfies Record<string, Kind>;

/**
 * The options that `method` was given, checked: programs run without a look at their types, and a
 * misspelt option, or one that stands alone as it may in Spark, would be ignored in silence.
 *
 * @param shorthand the option that a bare number is the value of; without it a number is refused
 * @throws FiresteelError INVALID_ARGUMENT for anything but a plain object of known names with values
 *   of their kinds; where it is plain which option was meant, the message shows how to write it
 */
export function optionsOf<O extends object>(
  given: number | O | undefined,
  known: OptionKinds,
  method: string,
  shorthand?: keyof O & string,
): O {
  if (given === undefined) return {} as O;
  if (typeof given === 'number' && shorthand !== undefined) return { [shorthand]: given } as O;
  const advice = adviceFor(given, known);
  if (advice !== undefined) throw refusal(`${method} takes ${advice}.`);
  if (!isPlainObject(given)) throw notOptions(given, known, method, shorthand);
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(known, name)) throw unknownOption(name, known, method);
    if (value !== undefined) checkKind(value, known[name] as OptionKind, `${name} of ${method}`);
  }
  return given as O;
}

/** An object of no class. Those of another realm, such as the shell's, are plain as well. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isObjectOfValues(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value);
}

function unknownOption(name: string, known: OptionKinds, method: string): FiresteelError {
  const names = Object.keys(known);
  return refusal(
    `${method} has no option ${shown(name)}.${didYouMean(name, names)} It takes ${names.join(', ')}.`,
    name,
  );
}

function notOptions(
  given: unknown,
  known: OptionKinds,
  method: string,
  shorthand: string | undefined,
): FiresteelError {
  const number = shorthand === undefined ? '' : `a number (${shorthand}) or `;
  const names = Object.keys(known).join(', ');
  return refusal(
    `${method} takes ${number}an object of ${names}, but it was given ${named(given)}.`,
  );
}

function refusal(message: string, parameter = 'options'): FiresteelError {
  return new FiresteelError('INVALID_ARGUMENT', message, { data: { parameter } });
}

/** How to write a value that was given alone, where it is plain which option is meant. */
function adviceFor(given: unknown, known: OptionKinds): string | undefined {
  const meant = Object.entries(known).find(([, kind]) => suits(given, kind));
  if (meant === undefined) return undefined;
  const [name, kind] = meant;
  // What may be long, or secret, is not repeated.
  const isShort = typeof kind !== 'string' || kind === 'boolean' || kind === 'number';
  const [value, alone] = isShort ? [shown(given), shown(given)] : ['…', kinds[kind].says];
  return `{ ${name}: ${value} } instead of ${alone}`;
}

function checkKind(value: unknown, kind: OptionKind, what: string): void {
  const { says, accepts } =
    typeof kind === 'string'
      ? kinds[kind]
      : {
          says: kind.map((word) => JSON.stringify(word)).join(' or '),
          accepts: (word: unknown) => kind.includes(word as string),
        };
  if (!accepts(value)) throw refusal(`${what} must be ${says}, but it is ${named(value)}.`, what);
}

/** A value in messages: of an object no more than its class, as it may hold secrets. */
function named(value: unknown): string {
  if (typeof value !== 'object' || value === null) return shown(value);
  return `an object of class ${value.constructor?.name ?? 'Object'}`;
}

/** Whether a value that stands where options belong is likely to be meant as this one. */
function suits(given: unknown, kind: OptionKind): boolean {
  if (typeof kind !== 'string') return kind.includes(given as string);
  if (kind === 'comparator') return typeof given === 'function' && given.length === 2;
  return kind !== 'any' && kind !== 'object' && kinds[kind].accepts(given);
}

import { FiresteelError } from '@firesteel/common';
import type { Attribute } from '@firesteel/mesos-protocol';
import { type Located, someAttribute, textsOf } from './attribute-value.js';

/** How many executors may run on agents with the same value of an attribute. */
export interface SpreadingLimit {
  readonly attribute: string;
  /**
   * `maxPerValue`: so many. `groupBy`: as many as on any other value, or one more; values that are
   * yet unknown count until there are so many.
   */
  readonly kind: 'maxPerValue' | 'groupBy';
  readonly count: number;
}

/** Which agents executors may run on. */
export interface Constraints {
  /** The text of the first constraint that the agent breaks. */
  readonly unmetBy: (agent: Located) => string | undefined;
  readonly spreading: readonly SpreadingLimit[];
}

type Test = (agent: Located) => boolean;

/**
 * Reads constraints, with `;` between them; all must hold.
 *
 * | form | holds on agents |
 * |---|---|
 * | `rack` or `rack:` | with the attribute |
 * | `!rack` | without it |
 * | `rack:a,b` | text: one of these; number: at least one of these; set: with all of these; ranges: one of these is inside |
 * | `rack:!a,b` | where the line above does not hold |
 * | `rack:~regex`, `rack:!~regex` | whose whole value matches, or does not |
 * | `rack:UNIQUE`, `rack:MAX_PER:2` | with at most one, or two, executors on the same value |
 * | `rack:GROUP_BY`, `rack:GROUP_BY:3` | in equal numbers on all values, of which there are at least 3 |
 *
 * `hostname` stands for the host of the agent. `\;` is a semicolon inside a value.
 * @throws INVALID_CONFIG_VALUE
 */
export function parseConstraints(text: string): Constraints {
  const tests: { readonly text: string; readonly holds: Test }[] = [];
  const spreading: SpreadingLimit[] = [];
  for (const raw of text.split(/(?<!\\);/)) {
    const part = raw.replaceAll('\\;', ';').trim();
    if (part === '') continue;
    const colon = part.indexOf(':');
    const key = (colon < 0 ? part : part.slice(0, colon)).trim();
    const value = colon < 0 ? '' : part.slice(colon + 1).trim();
    const limit = spreadingLimit(key, value, part);
    if (limit !== undefined) spreading.push(limit);
    const holds = limit === undefined ? testOf(key, value, part) : exists(key);
    tests.push({ text: part, holds });
  }
  return {
    unmetBy: (agent) => tests.find(({ holds }) => !holds(agent))?.text,
    spreading,
  };
}

function spreadingLimit(
  attribute: string,
  value: string,
  part: string,
): SpreadingLimit | undefined {
  const [, name, argument] = /^(UNIQUE|GROUP_BY|MAX_PER)(?::(.*))?$/.exec(value) ?? [];
  if (name === undefined) return undefined;
  const count = argument === undefined ? undefined : Number(argument);
  const isCount = count !== undefined && Number.isInteger(count) && count > 0;
  if (name === 'UNIQUE' && count === undefined) {
    return { attribute, kind: 'maxPerValue', count: 1 };
  }
  if (name === 'MAX_PER' && isCount) return { attribute, kind: 'maxPerValue', count };
  if (name === 'GROUP_BY' && (isCount || count === undefined)) {
    return { attribute, kind: 'groupBy', count: count ?? 1 };
  }
  throw badConstraint(part, 'UNIQUE takes no number, MAX_PER needs one, GROUP_BY may have one');
}

function testOf(key: string, value: string, part: string): Test {
  if (key.startsWith('!')) {
    const name = key.slice(1).trim();
    if (name === '' || value !== '') throw badConstraint(part, "'!name' stands alone");
    return not(exists(name));
  }
  if (key === '') throw badConstraint(part, 'the name of an attribute is missing');
  if (value === '') return exists(key);
  if (value.startsWith('!~')) return not(matching(key, value.slice(2), part));
  if (value.startsWith('~')) return matching(key, value.slice(1), part);
  if (value.startsWith('!')) return not(listed(key, value.slice(1)));
  return listed(key, value);
}

const not =
  (test: Test): Test =>
  (agent) =>
    !test(agent);

const exists =
  (name: string): Test =>
  (agent) =>
    someAttribute(agent, name, () => true);

function matching(name: string, pattern: string, part: string): Test {
  let regex: RegExp;
  try {
    regex = new RegExp(`^(?:${pattern})$`, 'u');
  } catch (cause) {
    throw badConstraint(part, (cause as Error).message);
  }
  const matches = (text: string): boolean => regex.test(text);
  const holds = (attribute: Attribute): boolean => textsOf(attribute).some(matches);
  return (agent) => someAttribute(agent, name, holds);
}

function listed(name: string, list: string): Test {
  const values = list.split(',').map((value) => value.trim());
  const numbers = values.map(Number);
  const holds = (attribute: Attribute): boolean => meets(attribute, values, numbers);
  return (agent) => someAttribute(agent, name, holds);
}

/** Spark's meaning for each type of attribute, with ranges as Spark intended them. */
function meets(
  attribute: Attribute,
  values: readonly string[],
  numbers: readonly number[],
): boolean {
  switch (attribute.type) {
    case 'TEXT':
      return values.includes(attribute.text?.value ?? '');
    case 'SCALAR': {
      const offered = attribute.scalar?.value ?? 0;
      return numbers.some((number) => number <= offered);
    }
    case 'SET': {
      const items = attribute.set?.item ?? [];
      return values.every((value) => items.includes(value));
    }
    case 'RANGES':
      return (attribute.ranges?.range ?? []).some(({ begin, end }) =>
        numbers.some((number) => number >= begin && number <= end),
      );
  }
}

function badConstraint(part: string, why: string): FiresteelError {
  return new FiresteelError(
    'INVALID_CONFIG_VALUE',
    `mesos.constraints has a constraint that cannot be understood, '${part}': ${why}.`,
    { data: { key: 'mesos.constraints' } },
  );
}

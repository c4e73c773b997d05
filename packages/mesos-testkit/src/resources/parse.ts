import { invalidArgument } from '@firesteel/common';
import type { Attribute, Resource, ValueRange } from '@firesteel/mesos-protocol';
import { add, type Resources } from './arithmetic.js';

/**
 * Reads the text form of the agent flag `--resources`:
 * `cpus:4;mem:8192;ports:[31000-31005,31010-31999];media:{ssd,hdd};cpus(web):1`. A name in
 * parentheses is a role that the resource is statically reserved to.
 */
export function parseResources(text: string): Resources {
  return add(
    entries(text).map((entry) => {
      const match = /^([^:(]+)(?:\(([^)]+)\))?:(.+)$/s.exec(entry);
      if (match === null) throw invalidArgument('resources', 'name:value pairs', text);
      const [, name = '', role, value = ''] = match;
      const amount = parseValue(value.trim());
      if (amount.type === 'TEXT')
        throw invalidArgument(`resource ${name}`, 'a number, ranges or a set', value);
      const reservations = [{ type: 'STATIC' as const, role: role ?? '*' }];
      return {
        name: name.trim(),
        ...amount,
        ...(role !== undefined && role !== '*' && { reservations }),
      } as Resource;
    }),
    [],
  );
}

/** Reads the text form of the agent flag `--attributes`: `rack:r1;zone:2;slots:[1-4,8-9]`. */
export function parseAttributes(text: string): readonly Attribute[] {
  return entries(text).map((entry) => {
    const colon = entry.indexOf(':');
    if (colon <= 0) throw invalidArgument('attributes', 'name:value pairs', text);
    const value = parseValue(entry.slice(colon + 1).trim());
    if (value.type === 'SET') throw invalidArgument('attributes', 'text, numbers or ranges', text);
    return { name: entry.slice(0, colon).trim(), ...value } as Attribute;
  });
}

const entries = (text: string): string[] =>
  text
    .split(/[;\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

type ParsedValue = Pick<Attribute, 'type' | 'scalar' | 'ranges' | 'set' | 'text'>;

function parseValue(text: string): ParsedValue {
  if (text.startsWith('[') && text.endsWith(']')) {
    return { type: 'RANGES', ranges: { range: items(text).map(parseRange) } };
  }
  if (text.startsWith('{') && text.endsWith('}')) {
    return { type: 'SET', set: { item: items(text) } };
  }
  const number = Number(text);
  return text !== '' && Number.isFinite(number)
    ? { type: 'SCALAR', scalar: { value: number } }
    : { type: 'TEXT', text: { value: text } };
}

const items = (text: string): string[] =>
  text
    .slice(1, -1)
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function parseRange(text: string): ValueRange {
  const match = /^(\d+)-(\d+)$/.exec(text);
  if (match === null) throw invalidArgument('a range', 'two numbers such as 31000-31999', text);
  return { begin: BigInt(match[1]!), end: BigInt(match[2]!) };
}

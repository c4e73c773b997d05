import { FiresteelContext, RDD } from '@firesteel/rdd';
import { dotCommands } from './dot-commands.js';
import type { Session } from './session.js';

const keywords =
  'async await class const else false for function if import let new null return true typeof undefined while'.split(
    ' ',
  );

/** Members of RDDs and the context that the layers of Firesteel share, and nobody else needs. */
const internalMembers: ReadonlySet<string> = new Set(
  'action assertRunning callSite creation derive engine jobProperties newRdd node nodeOf persistRDD plain rddOf rowFunction takeGrowth unpersistRDD'.split(
    ' ',
  ),
);

/**
 * The completions of the last word of a line, and that word, as readline wants them. Nothing of
 * the user's is run: what stands before a dot is looked up, never called, and getters are not read.
 */
export function completeLine(line: string, session: Pick<Session, 'names'>): [string[], string] {
  const command = /^\s*\.(\w*)$/.exec(line);
  if (command !== null)
    return [matches(Object.keys(dotCommands), command[1] ?? ''), command[1] ?? ''];
  const member = /\.([\w$]*)$/.exec(line);
  if (member !== null) {
    const word = member[1] ?? '';
    return [matches(membersBefore(line.slice(0, member.index)), word), word];
  }
  const word = /[\w$]*$/.exec(line)?.[0] ?? '';
  if (word === '') return [[], ''];
  const names = [...session.names, ...Object.getOwnPropertyNames(globalThis), ...keywords];
  return [matches(names, word), word];
}

function matches(names: readonly string[], word: string): string[] {
  return [...new Set(names)].filter((name) => name.startsWith(word)).sort();
}

/** The members of what the text in front of a dot stands for. */
function membersBefore(text: string): string[] {
  // A call on an RDD or the context mostly gives an RDD.
  if (/\)\s*$/.test(text)) {
    const root = valueAt(/^(?:.*[;=(]\s*)?([\w$]+)\s*\./.exec(text)?.[1] ?? '');
    return root instanceof RDD || root instanceof FiresteelContext
      ? memberNames(RDD.prototype)
      : [];
  }
  const path = /[\w$]+(?:\.[\w$]+)*$/.exec(text)?.[0];
  return path === undefined ? [] : memberNames(valueAt(path));
}

function valueAt(path: string): unknown {
  let value: unknown = globalThis;
  for (const name of path.split('.')) {
    let owner: unknown = value;
    let descriptor: PropertyDescriptor | undefined;
    while (owner !== null && owner !== undefined && descriptor === undefined) {
      descriptor = Object.getOwnPropertyDescriptor(owner, name);
      owner = Object.getPrototypeOf(owner);
    }
    value = descriptor?.value;
  }
  return value;
}

function memberNames(value: unknown): string[] {
  const names: string[] = [];
  let isOurs = false;
  for (
    let owner: unknown = value;
    owner !== null && owner !== undefined && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner)
  ) {
    names.push(...Object.getOwnPropertyNames(owner));
    isOurs ||= owner === RDD.prototype || owner === FiresteelContext.prototype;
  }
  const isHidden = (name: string) =>
    name === 'constructor' || (isOurs && internalMembers.has(name));
  return names.filter((name) => /^[A-Za-z]\w*$/.test(name) && !isHidden(name));
}

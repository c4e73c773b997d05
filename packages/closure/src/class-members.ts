import type { Class, MethodDefinition } from 'acorn';
import type { Analysis } from './analysis.js';
import type { Capture } from './capture.js';
import type { GraphNode, Ref } from './graph.js';

interface SourceMember {
  readonly isStatic: boolean;
  /** Undefined for computed keys, which are recognised by their text alone. */
  readonly key: string | undefined;
  readonly part: 'value' | 'get' | 'set';
  /** As `Function.prototype.toString` gives it. */
  readonly text: string;
}

const parts = ['value', 'get', 'set'] as const;

/** Every function that the class source itself defines, per capture: these are not captured again. */
const natural = new WeakMap<Capture, Set<unknown>>();

/**
 * Makes the methods and accessors of a class known as parts of it. Members that were replaced
 * after the class was defined (by decorators, say) are remembered by text, for whoever holds them.
 */
export function aliasMembers(
  capture: Capture,
  ctor: (...args: never[]) => unknown,
  ref: Ref,
  analysis: Analysis,
): void {
  if (analysis.classNode === undefined) return;
  let known = natural.get(capture);
  if (known === undefined) {
    known = new Set();
    natural.set(capture, known);
  }
  const remaining = new Set(sourceMembers(analysis.classNode, analysis));
  const homes = [
    [ctor, true],
    [Object.getOwnPropertyDescriptor(ctor, 'prototype')?.value as object, false],
  ] as const;
  for (const [home, isStatic] of homes) {
    for (const key of Reflect.ownKeys(home)) {
      const descriptor = Object.getOwnPropertyDescriptor(home, key);
      for (const part of parts) {
        const fn: unknown = descriptor?.[part];
        if (typeof fn !== 'function' || fn === ctor) continue;
        const text = Function.prototype.toString.call(fn);
        for (const member of remaining) {
          if (member.text !== text || member.isStatic !== isStatic || member.part !== part)
            continue;
          if (member.key !== undefined && member.key !== key) continue;
          remaining.delete(member);
          known.add(fn);
          // The key of the node is the captured key: computed keys may be symbols.
          const keyRef = typeof key === 'string' ? key : capture.ref(key, String(key));
          const node: GraphNode = { kind: 'member', owner: ref, isStatic, key: keyRef, part };
          capture.alias(fn, capture.add(node, `${ctor.name}.${String(key)}`));
          break;
        }
      }
    }
  }
  for (const { text, key, isStatic, part } of remaining)
    if (key !== undefined)
      capture.hiddenMembers.set(text, { kind: 'member', owner: ref, isStatic, key, part });
}

/** Whether a property of a class or its prototype is exactly what the class source defines. */
export function isNaturalMember(capture: Capture, home: object, key: string | symbol): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(home, key);
  const known = natural.get(capture);
  if (descriptor === undefined || known === undefined || descriptor.enumerable) return false;
  return parts.every((part) => {
    const fn: unknown = descriptor[part];
    return fn === undefined || known.has(fn);
  });
}

function sourceMembers(classNode: Class, { source, shift }: Analysis): SourceMember[] {
  const members: SourceMember[] = [];
  for (const member of classNode.body.body) {
    if (member.type !== 'MethodDefinition' || member.kind === 'constructor') continue;
    if (member.key.type === 'PrivateIdentifier') continue;
    members.push({
      isStatic: member.static,
      key: memberKey(member),
      part: member.kind === 'method' ? 'value' : member.kind === 'get' ? 'get' : 'set',
      text: source
        .slice(member.start - shift, member.end - shift)
        .replace(member.static ? /^static\s+/ : /^/, ''),
    });
  }
  return members;
}

function memberKey({ computed, key }: MethodDefinition): string | undefined {
  if (computed) return undefined;
  return key.type === 'Identifier'
    ? key.name
    : key.type === 'Literal'
      ? String(key.value)
      : undefined;
}

/** The superclass value; undefined for `extends null`. */
export function classSuper(ctor: object): unknown {
  const parent: unknown = Object.getPrototypeOf(ctor);
  return parent === Function.prototype ? undefined : parent;
}

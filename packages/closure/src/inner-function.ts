import { types } from 'node:util';
import { type Analysis, analyse } from './analysis.js';
import type { FunctionDetails } from './inspect.js';

/**
 * The class whose text a function with `#names` was written in: private names mean something only
 * inside of it, so the function has to be compiled there again.
 */
export function enclosingClass(
  analysis: Analysis,
  details: FunctionDetails,
  self: unknown,
): ((...args: never[]) => unknown) | undefined {
  for (const candidate of candidates(details, self)) {
    if (typeof candidate !== 'function' || types.isProxy(candidate)) continue;
    const text = Function.prototype.toString.call(candidate);
    if (!text.startsWith('class') || !text.includes(analysis.source)) continue;
    const declared = new Set<string>();
    for (const member of analyse(text).classNode?.body.body ?? [])
      if ('key' in member && member.key.type === 'PrivateIdentifier') declared.add(member.key.name);
    if (analysis.privateNames.every((name) => declared.has(name)))
      return candidate as (...args: never[]) => unknown;
  }
  return undefined;
}

function* candidates(details: FunctionDetails, self: unknown): Generator<unknown> {
  yield self;
  if (typeof self === 'object' && self !== null && !types.isProxy(self))
    for (
      let at: object | null = Object.getPrototypeOf(self);
      at !== null;
      at = Object.getPrototypeOf(at)
    )
      yield Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
  for (const { variables } of details.scopes) yield* Object.values(variables);
}

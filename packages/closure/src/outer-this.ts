import type { Analysis } from './analysis.js';
import { contextThis, type FunctionDetails } from './inspect.js';
import { Refusal } from './refusal.js';

/** `this` and `arguments` of the function around an arrow function. */
export function outerThis(
  fn: object,
  analysis: Analysis,
  details: FunctionDetails,
): { self: unknown; args: unknown } {
  if (analysis.usesSuper)
    throw new Refusal(
      '`super` of the method around it',
      'Call super outside of the arrow function.',
    );
  let args: unknown;
  if (analysis.outerArguments)
    for (const { variables } of details.scopes)
      if (Object.hasOwn(variables, 'arguments')) {
        args = variables['arguments'];
        break;
      }
  if (!analysis.outerThis) return { self: undefined, args };
  // At the top level of a module there is no `this`, and no scope that could hold it.
  if (!details.scopes.some(({ kind }) => kind === 'local')) return { self: undefined, args };
  const found = contextThis(fn);
  if (found === undefined)
    throw new Refusal(
      '`this` of the function around it',
      'Put what you need of `this` into a variable: const { field } = this.',
    );
  return { self: found.value, args };
}

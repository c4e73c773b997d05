import type { Analysis } from './analysis.js';
import { contextThis } from './context-this.js';
import type { FunctionDetails } from './inspect.js';
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
        args = variables.arguments;
        break;
      }
  if (!analysis.outerThis) return { self: undefined, args };
  // No slot for it: an arrow function at the top level of a module, where `this` is undefined.
  return { self: contextThis(fn)?.value, args };
}

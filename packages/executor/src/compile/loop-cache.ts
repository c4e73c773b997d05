import { assertKey, hashNumber, hashString } from '@firesteel/codec';
import { notANumber } from '@firesteel/common';
import { groupedValues, latin1String } from '@firesteel/shuffle';
import { cloneZero, notAPair } from '../sinks/fold-sinks.js';
import { iterate, NONE, pull } from './runtime.js';

export type CompiledLoop = (
  chunk: unknown,
  state: unknown,
  stepStates: readonly unknown[],
) => unknown;

interface LoopScope {
  readonly bind: (...functions: unknown[]) => CompiledLoop;
  /** The loop that was bound last, which a stage that runs again gets again. */
  last: { readonly functions: readonly unknown[]; readonly loop: CompiledLoop } | undefined;
}

/** What generated code may refer to besides `C`, `S`, `T` and the user's functions. */
const runtime = {
  assertKey,
  cloneZero,
  groupedValues,
  hashNumber,
  hashString,
  iterate,
  latin1String,
  NONE,
  notANumber,
  notAPair,
  pull,
};

/**
 * Makes the pairs of a loop. V8 gives an array of doubles memory of its own kind, which it allocates
 * even where the array is never needed, since the function that takes it was inlined: a pair of
 * numbers costs ten times as much then. An array that once held something else stays general.
 */
const pairFunction = `const pair = (a, b) => [a, b];
pair(undefined, undefined);`;

const MAX_SCOPES = 500;
const scopes = new Map<string, LoopScope>();

/**
 * Compiles the body of a loop over chunk `C`, with state `S` of its sink and states `T` of its steps,
 * that calls `functions` as f0, f1, ….
 *
 * One compiled scope is kept for each combination of loop text and function texts: a job that runs
 * again, or the next iteration with other captured values, meets code that is warm already, while
 * jobs with other functions never share (and so spoil) type feedback. Even the bound loop is kept
 * while the functions are the same objects, as V8 optimises best what exists once.
 */
export function compileLoop(body: string, functions: readonly unknown[]): CompiledLoop {
  const scope = loopScope(body, functions);
  const { last } = scope;
  if (last?.functions.every((fn, i) => fn === functions[i])) return last.loop;
  const loop = scope.bind(...functions);
  scope.last = { functions, loop };
  return loop;
}

function loopScope(body: string, functions: readonly unknown[]): LoopScope {
  const key = [body, ...functions.map(textOf)].join('\u0000');
  let scope = scopes.get(key);
  if (scope === undefined) {
    const oldest = scopes.keys().next().value;
    if (scopes.size >= MAX_SCOPES && oldest !== undefined) scopes.delete(oldest);
    const names = functions.map((_, i) => `f${i}`).join(', ');
    const text = `'use strict';
const { ${Object.keys(runtime).join(', ')} } = runtime;
${pairFunction}
return (${names}) => function stage(C, S, T) {
${body}
};`;
    const bind = new Function('runtime', text)(runtime) as LoopScope['bind'];
    scope = { bind, last: undefined };
    scopes.set(key, scope);
  }
  return scope;
}

function textOf(value: unknown): string {
  return typeof value === 'function' ? Function.prototype.toString.call(value) : '';
}

import { finishHash, hashNumber, hashString, mixWord } from '@firesteel/codec';
import { detached, latin1String, type NumberTable, type StringTable } from '@firesteel/shuffle';
import { cloneZero, notANumber, notAPair } from '../sinks/fold-sinks.js';
import { appended, iterate, NONE, pull } from './runtime.js';

export type CompiledLoop = (chunk: unknown, state: unknown) => void;

interface LoopScope {
  bind(...functions: unknown[]): CompiledLoop;
  readonly StringTable: typeof StringTable;
  readonly NumberTable: typeof NumberTable;
}

/** What generated code may refer to besides `C`, `S` and the user's functions. */
const runtime = {
  appended,
  cloneZero,
  detached,
  finishHash,
  hashNumber,
  hashString,
  iterate,
  latin1String,
  mixWord,
  NONE,
  notANumber,
  notAPair,
  pull,
};

const MAX_SCOPES = 500;
const scopes = new Map<string, LoopScope>();

/**
 * Compiles the body of a loop over chunk `C` and state `S` that calls `functions` as f0, f1, ….
 *
 * One compiled scope is kept for each combination of loop text and function texts: a job that runs
 * again, or the next iteration with other captured values, meets code that is warm already, while
 * jobs with other functions never share (and so spoil) type feedback.
 */
export function compileLoop(body: string, functions: readonly unknown[]): CompiledLoop {
  return loopScope(body, functions).bind(...functions);
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
return {
  bind: (${names}) => function stage(C, S) {
${body}
  },
};`;
    scope = new Function('runtime', text)(runtime) as LoopScope;
    scopes.set(key, scope);
  }
  return scope;
}

function textOf(value: unknown): string {
  return typeof value === 'function' ? Function.prototype.toString.call(value) : '';
}

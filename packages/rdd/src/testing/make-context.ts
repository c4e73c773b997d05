import { expect } from 'vitest';
import { type ContextInfo, FiresteelContext } from '../context.js';
import { ArrayEngine } from './array-engine.js';

/** A context on arrays. */
export function makeContext(info: Partial<ContextInfo> = {}): {
  sc: FiresteelContext;
  engine: ArrayEngine;
} {
  const engine = new ArrayEngine();
  const defaults = { appName: 'test', master: 'arrays', defaultMinPartitions: 2 };
  return { sc: new FiresteelContext(engine, { ...defaults, ...info }), engine };
}

/** What an error with this code looks like. */
export function failure(code: string, message?: RegExp): unknown {
  return expect.objectContaining({
    code,
    ...(message && { message: expect.stringMatching(message) }),
  });
}

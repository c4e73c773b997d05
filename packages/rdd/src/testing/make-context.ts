import { FiresteelContext } from '../context.js';
import type { ContextInfo } from '../context-base.js';
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

/** Matches errors with this code, and a message like this, in expectations. */
export function failure(code: string, message = /./) {
  return {
    asymmetricMatch: (error: unknown): boolean =>
      error instanceof Error &&
      'code' in error &&
      error.code === code &&
      message.test(error.message),
    toString: () => `FiresteelError ${code} ${message}`,
  };
}

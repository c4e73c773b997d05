import type { CallSite } from '@firesteel/plan';

/** Finds the user's line in a stack trace, with source maps where they are known. */
export type LocateCall = (stack: string) => { file: string; line: number } | undefined;

/** Frames kept of each call: native frames, as of `rdds.map(…)`, may stand before the user's. */
const maxFrames = 4;

/**
 * Remembers where the user called a public method. Only the raw stack is taken now, in a few
 * microseconds; it is spelled out and searched when somebody asks for the line.
 */
export function captureCallSite(
  method: (...args: never[]) => unknown,
  locate: LocateCall = locateCall,
): CallSite {
  const trace: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = maxFrames;
  Error.captureStackTrace(trace, method);
  Error.stackTraceLimit = stackTraceLimit;
  return new LazyCallSite(method.name, trace, locate);
}

class LazyCallSite implements CallSite {
  readonly method: string;
  readonly #locate: LocateCall;
  #trace: { stack?: string } | undefined;
  #place = { file: 'unknown', line: 0 };

  constructor(method: string, trace: { stack?: string }, locate: LocateCall) {
    this.method = method;
    this.#trace = trace;
    this.#locate = locate;
  }

  get file(): string {
    return this.#found().file;
  }

  get line(): number {
    return this.#found().line;
  }

  /** A plain object, because getters of a class are lost in JSON. */
  toJSON(): CallSite {
    const { method, file, line } = this;
    return { method, file, line };
  }

  #found(): { file: string; line: number } {
    if (this.#trace !== undefined) {
      const { stack = '' } = this.#trace;
      this.#trace = undefined;
      this.#place = this.#locate(stack) ?? this.#place;
    }
    return this.#place;
  }
}

/** The base name and line of the first frame in a file, as the trace spells it. */
export function locateCall(stack: string): { file: string; line: number } | undefined {
  for (const frame of stack.split('\n')) {
    if (!/^\s+at /.test(frame) || frame.includes('node:')) continue;
    const match = /(?:[\\/(]|\bat (?:async )?)([^\\/():?]+)(?:\?[^\\/():]*)?:(\d+):\d+\)?$/.exec(
      frame,
    );
    const [, file, line] = match ?? [];
    if (file !== undefined && line !== undefined && !file.startsWith('<'))
      return { file, line: Number(line) };
  }
  return undefined;
}

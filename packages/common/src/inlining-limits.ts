import { setFlagsFromString } from 'node:v8';

const defaults = { size: 460, cumulativeSize: 920 };
const raised = { size: 100_000, cumulativeSize: 100_000 };
let limits = defaults;

/**
 * Lets V8 inline a whole chain of user functions into a generated loop: with the default budget
 * eight destructuring closures in a row already cost 25 times as much. Holds for the process, but
 * reaches threads only when set before they start.
 */
export function raiseInliningLimits(): void {
  set(raised);
}

/**
 * Runs what has many large functions and no generated loops, such as a compiler, with V8's own
 * limits: optimising it takes three times as long with the raised ones. Until it returns they hold
 * for all threads.
 */
export function withDefaultInliningLimits<T>(work: () => T): T {
  const before = limits;
  set(defaults);
  try {
    return work();
  } finally {
    set(before);
  }
}

function set(next: typeof limits): void {
  if (next === limits) return;
  limits = next;
  setFlagsFromString(`--max-inlined-bytecode-size=${next.size}`);
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${next.cumulativeSize}`);
}

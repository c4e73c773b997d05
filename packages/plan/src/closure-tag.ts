import type { ErrorCode } from '@firesteel/common';

/** The property by which an object tells the closure package what to do with it. */
export const closureTag: unique symbol = Symbol.for('firesteel.closure') as never;

/** It cannot travel. */
export interface ClosureRefusal {
  readonly kind: 'refuse';
  /** What stands in the way, in words. */
  readonly what: string;
  /** What to do instead. */
  readonly advice: string;
  readonly code: ErrorCode;
}

/** It travels by what identifies it. */
export interface ClosureCarriage {
  readonly kind: 'carry';
  readonly type: 'broadcast' | 'accumulator' | 'accumulatorClass' | 'taskClass';
  readonly data: unknown;
  /** Captured as any value is. */
  readonly value?: unknown;
}

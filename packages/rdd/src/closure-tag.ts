/** The property by which an object tells the closure package that it cannot travel. */
export const closureTag: unique symbol = Symbol.for('firesteel.closure') as never;

export interface ClosureRefusal {
  readonly kind: 'refuse';
  /** What stands in the way, in words. */
  readonly what: string;
  /** What to do instead. */
  readonly advice: string;
}

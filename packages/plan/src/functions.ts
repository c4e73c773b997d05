/**
 * Functions of a plan. On the driver a node holds plain functions; what an executor gets is data.
 * Between the two stands the closure set of a job: all functions (and captured plain values such
 * as zero values) of its lineage, captured together when the action is called, in one array.
 * A stage program names each of them by its slot in that array.
 */
export type AnyFunction = (...args: never[]) => unknown;

/** Index into the closure set of the job. */
export type Slot = number;

/** A value of the closure set with the words that name it in error messages. */
export interface ClosureItem {
  readonly value: unknown;
  /** For example `map callback at wordcount.ts:12`. */
  readonly label: string;
}

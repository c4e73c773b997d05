/** A method of an RDD, by which its call is found in the stack. */
export type AnyMethod = (...args: never[]) => unknown;

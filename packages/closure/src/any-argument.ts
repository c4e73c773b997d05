/**
 * Stands for every argument of a constructor whose body is skipped: it can be destructured in any
 * way and is not `undefined`, so that defaults of parameters are not evaluated.
 */
const anyArgument: unknown = new Proxy(() => undefined, {
  get: (_target, key) =>
    key === Symbol.iterator
      ? function* () {
          for (;;) yield anyArgument;
        }
      : anyArgument,
  ownKeys: () => [],
  getOwnPropertyDescriptor: () => undefined,
});
/** More than any constructor has parameters. */
export const anyArguments: readonly never[] = new Array(32).fill(anyArgument) as never[];
